/* A program under supervision that tells when it runs.
 *
 *   mark SOCKET TAG [write LINES | exit]
 *
 * Its first act is a datagram "TAG PID NANOSECONDS" (CLOCK_MONOTONIC) to the unix socket. Then it waits for a signal;
 * or writes LINES lines of 100 bytes to standard output, each beginning with its number in ten digits, says
 * "TAG/done PID NANOSECONDS" and waits; or exits with 0.
 * Built static, so that its own start is a small part of what is measured. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void tell(const char *path, const char *tag, const char *suffix)
{
	char text[256];
	struct timespec now;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	clock_gettime(CLOCK_MONOTONIC, &now);
	int length = snprintf(text, sizeof text, "%s%s %d %lld", tag, suffix, (int)getpid(),
			      (long long)now.tv_sec * 1000000000LL + now.tv_nsec);
	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* Blocks while the queue of the reader is full, so no mark is lost. */
	sendto(fd, text, (size_t)length, 0, (struct sockaddr *)&address, sizeof address);
	close(fd);
}

/* Adds 80 to a number of ten digits, in place: a line costs the writer next to nothing. */
static void add80(char *digits)
{
	digits[8] += 8;
	for (int i = 8; i > 0 && digits[i] > '9'; i--) {
		digits[i] -= 10;
		digits[i - 1]++;
	}
}

static int write_lines(long lines)
{
	enum { LINE = 100, BATCH = 80 };
	static char batch[LINE * BATCH];
	for (int i = 0; i < BATCH; i++) {
		char *line = batch + i * LINE;
		memset(line, 'a' + i % 26, LINE - 1);
		sprintf(line, "%010d", i);
		line[10] = ' ';
		line[LINE - 1] = '\n';
	}
	while (lines > 0) {
		size_t left = (size_t)(lines < BATCH ? lines : BATCH) * LINE;
		const char *at = batch;
		lines -= BATCH;
		while (left > 0) {
			ssize_t written = write(1, at, left);
			if (written < 0)
				return 1;
			at += written;
			left -= (size_t)written;
		}
		for (int i = 0; i < BATCH; i++)
			add80(batch + i * LINE);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: mark SOCKET TAG [write LINES | exit]\n");
		return 2;
	}
	tell(argv[1], argv[2], "");
	if (argc > 3 && strcmp(argv[3], "exit") == 0)
		return 0;
	if (argc > 4 && strcmp(argv[3], "write") == 0) {
		if (write_lines(atol(argv[4])) != 0)
			return 1;
		tell(argv[1], argv[2], "/done");
	}
	for (;;)
		pause();
}
