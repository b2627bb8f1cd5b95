"""An interface as people write them for Supervisor: it looks into the daemon that made it."""
import time

from supervisor.http import NOT_DONE_YET
from supervisor.states import ProcessStates, SupervisorStates
from supervisor.xmlrpc import Faults, RPCError


class Base:
    def inherited(self):
        """@return string what it is"""
        return "inherited"


class Interface(Base):
    def __init__(self, supervisord, greeting="none"):
        self.supervisord = supervisord
        self.greeting = greeting
        self.looks = 0

    def settings(self):
        return self.greeting

    def daemon(self):
        options = self.supervisord.options
        alive = self.supervisord.get_state() == SupervisorStates.RUNNING == options.mood
        return [alive, options.identifier, options.configfile.endswith("supervisord.conf")]

    def groups(self):
        groups = self.supervisord.process_groups
        return ["cat" in groups, "dog" in groups, groups.get("dog") is None]

    def process(self, group, name):
        process = self.supervisord.process_groups[group].processes[name]
        running = process.state == process.get_state() == ProcessStates.RUNNING
        return [process.config.name, process.config.command, process.pid > 0, running, process.laststart > 0]

    def configs(self):
        configs = self.supervisord.process_groups["cat"].config.process_configs
        return [[config.name, config.command, config.autostart, config.startsecs] for config in configs]

    def unstopped(self, group):
        return [process.config.name for process in self.supervisord.process_groups[group].get_unstopped_processes()]

    def stop(self, group, name):
        self.supervisord.process_groups[group].processes[name].stop()
        return True

    def spawn(self, group, name):
        return self.supervisord.process_groups[group].processes[name].spawn() > 0

    def say(self, group, name, text):
        self.supervisord.process_groups[group].processes[name].write(text.encode())
        return True

    def log(self, text):
        self.supervisord.options.logger.warn("said %(text)s", text=text)
        return True

    def later(self):
        begun = time.time()

        def look():
            self.looks += 1
            if time.time() - begun < 0.3:
                return NOT_DONE_YET
            return self.looks > 1

        look.delay = 0.05
        return look

    def never(self):
        def look():
            raise RPCError(Faults.BAD_NAME, "in the end")

        look.delay = 0.01
        return look

    def noise(self):
        print("this is not for the daemon")
        return True

    def refuse(self, code):
        raise RPCError(code)


def make(supervisord, **config):
    return Interface(supervisord, **config)
