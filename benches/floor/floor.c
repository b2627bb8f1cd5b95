/* The least any supervisor must do: the floor that the benchmarks compare with.
 *
 *   floor COUNT DIRECTORY SOCKET MARK [ARGUMENT]...
 *
 * Starts COUNT children "MARK SOCKET tNNNN ARGUMENT...", each with its own process group, standard input from a pipe,
 * output and error into pipes of their own. Copies what they write into DIRECTORY/tNNNN.out and .err, starts
 * a child again as soon as it dies, and on SIGTERM signals all, waits for all, and ends. No states, no limits, no API:
 * vfork and exec, signalfd and epoll, read and write. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct stream { int pipe, file; };
struct child { pid_t pid; int input; struct stream streams[2]; char tag[24]; };

static struct child *children;
static long count;
static char **command;
static int events;
static char buffer[65536];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void start(struct child *child)
{
	int in[2], pipes[2][2];
	if (pipe2(in, O_CLOEXEC) < 0)
		fail("pipe");
	for (int i = 0; i < 2; i++) {
		if (pipe2(pipes[i], O_CLOEXEC) < 0)
			fail("pipe");
		fcntl(pipes[i][0], F_SETFL, O_NONBLOCK);
		child->streams[i].pipe = pipes[i][0];
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = &child->streams[i] };
		epoll_ctl(events, EPOLL_CTL_ADD, pipes[i][0], &event);
	}
	command[2] = child->tag;
	pid_t pid = vfork();
	if (pid < 0)
		fail("vfork");
	if (pid == 0) {
		sigset_t none;
		setpgid(0, 0);
		dup2(in[0], 0);
		dup2(pipes[0][1], 1);
		dup2(pipes[1][1], 2);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execv(command[0], command);
		_exit(127);
	}
	child->pid = pid;
	child->input = in[1];
	close(in[0]);
	close(pipes[0][1]);
	close(pipes[1][1]);
}

/* True while there is more to come. */
static int copy(struct stream *stream)
{
	ssize_t got = read(stream->pipe, buffer, sizeof buffer);
	for (ssize_t done = 0; done < got;) {
		ssize_t written = write(stream->file, buffer + done, (size_t)(got - done));
		if (written < 0)
			fail("write");
		done += written;
	}
	return got > 0;
}

static void end(struct child *child)
{
	close(child->input);
	for (int i = 0; i < 2; i++) {
		while (copy(&child->streams[i]))
			;
		close(child->streams[i].pipe);
	}
	child->pid = 0;
}

static struct child *find(pid_t pid)
{
	for (long i = 0; i < count; i++)
		if (children[i].pid == pid)
			return &children[i];
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc < 5) {
		fprintf(stderr, "usage: floor COUNT DIRECTORY SOCKET MARK [ARGUMENT]...\n");
		return 2;
	}
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	count = atol(argv[1]);
	/* MARK SOCKET TAG ARGUMENT... */
	command = calloc((size_t)argc, sizeof *command);
	command[0] = argv[4];
	command[1] = argv[3];
	for (int i = 5; i < argc; i++)
		command[i - 2] = argv[i];
	events = epoll_create1(EPOLL_CLOEXEC);
	sigset_t mask;
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	int signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	struct epoll_event on_signal = { .events = EPOLLIN, .data.ptr = NULL };
	epoll_ctl(events, EPOLL_CTL_ADD, signals, &on_signal);

	children = calloc((size_t)count, sizeof *children);
	for (long i = 0; i < count; i++) {
		static const char *const suffixes[] = { "out", "err" };
		snprintf(children[i].tag, sizeof children[i].tag, "t%04ld", i);
		for (int s = 0; s < 2; s++) {
			char path[4096];
			snprintf(path, sizeof path, "%s/%s.%s", argv[2], children[i].tag, suffixes[s]);
			children[i].streams[s].file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
			if (children[i].streams[s].file < 0)
				fail(path);
		}
		start(&children[i]);
	}
	int ending = 0;
	for (long alive = count; alive > 0;) {
		struct epoll_event ready[64];
		int n = epoll_wait(events, ready, 64, -1);
		for (int i = 0; i < n; i++)
			if (ready[i].data.ptr)
				copy(ready[i].data.ptr);
		struct signalfd_siginfo info;
		while (read(signals, &info, sizeof info) == sizeof info) {
			if (info.ssi_signo == SIGTERM) {
				ending = 1;
				for (long i = 0; i < count; i++)
					if (children[i].pid)
						kill(-children[i].pid, SIGTERM);
			}
		}
		pid_t pid;
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
			struct child *child = find(pid);
			end(child);
			if (ending)
				alive--;
			else
				start(child);
		}
	}
	return 0;
}
