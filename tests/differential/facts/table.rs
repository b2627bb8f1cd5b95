//! The rows, in the order of the option table.

use provost_config::options::Kind::{
    CtlPlugin, EventListener, FcgiProgram, Group, Include, InetHttpServer, Program, RpcInterface,
    Supervisorctl, Supervisord, UnixHttpServer,
};

use super::Effect::{Case, Scenario, Unit};
use super::Facts;
use super::Without::{Is, Refused};

/// One row for every option; of those that listeners and FastCGI programs share with programs, the program's.
#[rustfmt::skip]
pub(super) const TABLE: &[Facts] = &[
    // The daemon.
    Facts {
        of: Supervisord, option: "logfile", at: "/supervisord/logfile", without: Is("\"$DIR/supervisord.log\""),
        takes: &[("x.log", "\"$DIR/x.log\""), ("/tmp/x.log", "\"/tmp/x.log\""), ("~/x", "\"$DIR/home/x\""), ("%(here)s/x", "\"$DIR/x\""), ("syslog", "\"syslog\""), ("Syslog", "\"$DIR/Syslog\""), ("none", "\"$DIR/none\""), ("%(ENV_X)s%%", "\"$DIR/x%\"")],
        refuses: &[("nosuch/x", "The directory named as part of the path nosuch/x does not exist"), ("%(program_name)s", "Format string '%(program_name)s' for 'supervisord.logfile' contains names ('program_name') which cannot be expanded. Available names: ENV_A, ENV_BOOL, ENV_DIR, ENV_EMPTY, ENV_HOME, ENV_LETTER, ENV_NUM, ENV_PAIRS, ENV_PATH, ENV_PERCENT, ENV_QUOTED, ENV_S, ENV_X, here")],
        effect: Case("log_start"),
    },
    Facts {
        of: Supervisord, option: "logfile_maxbytes", at: "/supervisord/logfile_maxbytes", without: Is("52428800"),
        takes: &[("0", "0"), ("-1", "-1"), ("1kb", "1024"), ("2 MB", "2097152"), ("1GB", "1073741824"), ("9223372036854775807", "9223372036854775807")],
        refuses: &[("5K", "invalid literal for int() with base 10: '5k'"), ("5TB", "invalid literal for int() with base 10: '5tb'"), ("1.5MB", "invalid literal for int() with base 10: '1.5'"), ("", "invalid literal for int() with base 10: ''")],
        effect: Scenario("effects::the_activity_log_rolls_over"),
    },
    Facts {
        of: Supervisord, option: "logfile_backups", at: "/supervisord/logfile_backups", without: Is("10"),
        takes: &[("0", "0"), ("1_0", "10"), ("4294967295", "4294967295"), ("-1", "0")],
        refuses: &[("x", "invalid literal for int() with base 10: 'x'"), ("1.0", "invalid literal for int() with base 10: '1.0'")],
        effect: Scenario("effects::the_activity_log_rolls_over"),
    },
    Facts {
        of: Supervisord, option: "loglevel", at: "/supervisord/loglevel", without: Is("\"INFO\""),
        takes: &[("critical", "\"CRIT\""), ("error", "\"ERRO\""), ("WARN", "\"WARN\""), ("info", "\"INFO\""), ("Debug", "\"DEBG\""), ("trace", "\"TRAC\""), ("blather", "\"BLAT\"")],
        refuses: &[("warning", "bad logging level name 'warning'"), ("crit", "bad logging level name 'crit'"), ("10", "bad logging level name '10'"), ("", "bad logging level name ''")],
        effect: Case("log_debug"),
    },
    Facts {
        of: Supervisord, option: "pidfile", at: "/supervisord/pidfile", without: Is("\"$DIR/supervisord.pid\""),
        takes: &[("x.pid", "\"$DIR/x.pid\""), ("/tmp/x.pid", "\"/tmp/x.pid\""), ("~/x", "\"$DIR/home/x\""), ("logs/../x", "\"$DIR/x\"")],
        refuses: &[("nosuch/x", "The directory named as part of the path nosuch/x does not exist"), ("main.conf/x", "The directory named as part of the path main.conf/x does not exist")],
        effect: Scenario("effects::the_command_line_wins_over_the_file_in_short"),
    },
    Facts {
        of: Supervisord, option: "nodaemon", at: "/supervisord/nodaemon", without: Is("false"),
        takes: BOOLEANS, refuses: NO_BOOLEANS,
        effect: Scenario("effects::the_command_line_wins_over_the_file_in_short"),
    },
    Facts {
        of: Supervisord, option: "silent", at: "/supervisord/silent", without: Is("false"),
        takes: BOOLEANS, refuses: NO_BOOLEANS,
        effect: Scenario("effects::the_command_line_wins_over_the_file_in_short"),
    },
    Facts {
        of: Supervisord, option: "minfds", at: "/supervisord/minfds", without: Is("1024"),
        takes: &[("0", "0"), ("-1", "0"), ("65536", "65536"), ("9223372036854775807", "9223372036854775807")],
        refuses: &[("", "invalid literal for int() with base 10: ''"), ("0x10", "invalid literal for int() with base 10: '0x10'")],
        effect: Scenario("rights::limits_are_raised_and_inherited"),
    },
    Facts {
        of: Supervisord, option: "minprocs", at: "/supervisord/minprocs", without: Is("200"),
        takes: &[("0", "0"), ("-1", "0"), ("+5", "5"), ("9223372036854775807", "9223372036854775807")],
        refuses: &[("1e3", "invalid literal for int() with base 10: '1e3'"), ("1__0", "invalid literal for int() with base 10: '1__0'")],
        effect: Scenario("rights::limits_are_raised_and_inherited"),
    },
    Facts {
        of: Supervisord, option: "umask", at: "/supervisord/umask", without: Is("18"),
        takes: &[("0", "0"), ("0777", "511"), ("0o77", "63"), (" 22", "18"), ("17777", "4095")],
        refuses: &[("8", "8 can not be converted to an octal type"), ("", " can not be converted to an octal type"), ("0x1", "0x1 can not be converted to an octal type")],
        effect: Scenario("background::a_daemon_leaves_its_starter_behind"),
    },
    Facts {
        of: Supervisord, option: "user", at: "/supervisord/uid", without: Is("null"),
        takes: &[("root", "0"), ("0", "0"), ("nobody", "65534"), ("65534", "65534")],
        refuses: &[("nosuch", "Invalid user name nosuch"), ("99999", "Invalid user id 99999"), ("root:root", "Invalid user name root:root"), ("", "Invalid user name ")],
        effect: Scenario("rights::the_daemon_becomes_another_user"),
    },
    Facts {
        of: Supervisord, option: "identifier", at: "/supervisord/identifier", without: Is("\"supervisor\""),
        takes: &[("me", "\"me\""), ("", "\"\""), ("a b", "\"a b\""), ("%(ENV_LETTER)s", "\"ä\""), ("a%%b", "\"a%b\"")],
        refuses: &[("%", "Format string '%' for 'supervisord.identifier' is badly formatted: incomplete format"), ("%(here)y", "Format string '%(here)y' for 'supervisord.identifier' is badly formatted: unsupported format character 'y' (0x79) at index 7")],
        effect: Scenario("effects::the_command_line_wins_over_the_file_in_short"),
    },
    Facts {
        of: Supervisord, option: "directory", at: "/supervisord/directory", without: Is("null"),
        takes: &[("/tmp", "\"/tmp\""), ("logs", "\"logs\""), ("~", "\"$DIR/home\""), ("sub dir", "\"sub dir\"")],
        refuses: &[("/nope", "/nope is not an existing directory"), ("main.conf", "main.conf is not an existing directory"), ("", " is not an existing directory")],
        effect: Scenario("background::a_daemon_leaves_its_starter_behind"),
    },
    Facts {
        of: Supervisord, option: "nocleanup", at: "/supervisord/nocleanup", without: Is("false"),
        takes: BOOLEANS, refuses: NO_BOOLEANS,
        effect: Scenario("effects::the_command_line_wins_over_the_file_in_short"),
    },
    Facts {
        of: Supervisord, option: "childlogdir", at: "/supervisord/childlogdir", without: Is("\"/tmp\""),
        takes: &[("logs", "\"$DIR/logs\""), ("~", "\"$DIR/home\""), ("%(here)s", "\"$DIR\"")],
        refuses: &[("/nope", "/nope is not an existing directory"), ("~nosuch", "~nosuch is not an existing directory")],
        effect: Scenario("effects::the_command_line_wins_over_the_file_in_short"),
    },
    Facts {
        of: Supervisord, option: "environment", at: "/supervisord/environment", without: Is("{}"),
        takes: &[("A=1,B=\"2 3\"", "{\"A\":\"1\",\"B\":\"2 3\"}"), ("A=1,A=2", "{\"A\":\"2\"}"), ("A='%(here)s',", "{\"A\":\"$DIR\"}"), ("A=\"\"", "{\"A\":\"\"}"), ("A=\"%(host_node_name)s\"", "{\"A\":\"$HOST\"}"), ("A=\"%%\"", "{\"A\":\"%\"}"), ("", "{}")],
        refuses: &[("A", "Unexpected end of key/value pairs in value 'A'"), ("A=", "Unexpected end of key/value pairs in value 'A='"), ("A=\"x", "No closing quotation")],
        effect: Case("child"),
    },
    Facts {
        of: Supervisord, option: "strip_ansi", at: "/supervisord/strip_ansi", without: Is("false"),
        takes: BOOLEANS, refuses: NO_BOOLEANS,
        effect: Case("logs"),
    },
    Facts {
        of: Supervisord, option: "on_config_error", at: "", without: Is("\"abort\""),
        takes: &[("abort", "\"abort\""), ("Skip-Program", "\"skip-program\"")],
        refuses: &[("ignore", "invalid 'on_config_error' value 'ignore'"), ("", "invalid 'on_config_error' value ''")],
        effect: Scenario("effects::a_broken_program_is_skipped"),
    },
    Facts {
        of: Supervisord, option: "create_log_dirs", at: "", without: Is("false"),
        takes: BOOLEANS, refuses: NO_BOOLEANS,
        effect: Scenario("effects::log_files_are_made_as_configured"),
    },
    Facts {
        of: Supervisord, option: "require_password", at: "", without: Is("false"),
        takes: BOOLEANS, refuses: NO_BOOLEANS,
        effect: Scenario("intruders::an_open_port_is_told_of"),
    },
    Facts {
        of: Supervisord, option: "shutdown_mode", at: "", without: Is("\"priority\""),
        takes: &[("priority", "\"priority\""), ("Serial", "\"serial\""), ("parallel", "\"parallel\"")],
        refuses: &[("", "invalid 'shutdown_mode' value ''"), ("all", "invalid 'shutdown_mode' value 'all'")],
        effect: Scenario("effects::a_shutdown_stops_together_what_its_mode_says"),
    },

    // Servers.
    Facts {
        of: UnixHttpServer, option: "file", at: "/servers/0/file", without: Refused("section [$S] has no file value"),
        takes: &[("/a/../s", "\"/s\""), ("s", "\"$DIR/s\""), ("~/s", "\"$DIR/home/s\""), ("%(here)s/s", "\"$DIR/s\"")],
        refuses: &[("%(host_node_name)s", "Format string '%(host_node_name)s' for 'unix_http_server.file' contains names ('host_node_name') which cannot be expanded. Available names: ENV_A, ENV_BOOL, ENV_DIR, ENV_EMPTY, ENV_HOME, ENV_LETTER, ENV_NUM, ENV_PAIRS, ENV_PATH, ENV_PERCENT, ENV_QUOTED, ENV_S, ENV_X, here")],
        effect: Case("socket"),
    },
    Facts {
        of: UnixHttpServer, option: "chmod", at: "/servers/0/chmod", without: Is("448"),
        takes: &[("0777", "511"), ("0", "0"), ("770", "504")],
        refuses: &[("9", "Invalid chmod value 9"), ("", "Invalid chmod value "), ("rwx", "Invalid chmod value rwx")],
        effect: Case("socket"),
    },
    Facts {
        of: UnixHttpServer, option: "chown", at: "/servers/0/chown", without: Is("[-1, -1]"),
        takes: &[("nobody", "[65534, -1]"), ("nobody:nogroup", "[65534, 65534]"), ("0:0", "[0, 0]")],
        refuses: &[("nosuch", "Invalid sockchown value nosuch"), ("root:nosuch", "Invalid sockchown value root:nosuch"), ("a:b:c", "Invalid sockchown value a:b:c")],
        effect: Scenario("rights::sockets_belong_to_whom_they_should"),
    },
    Facts {
        of: UnixHttpServer, option: "username", at: "/servers/0/username", without: Is("null"),
        takes: &[("u\npassword=p", "\"u\""), ("%(ENV_X)s\npassword=p", "\"x\"")],
        refuses: &[("u", INCOMPLETE), ("\npassword=p", INCOMPLETE)],
        effect: Scenario("rights::passwords_may_be_hashes"),
    },
    Facts {
        of: UnixHttpServer, option: "password", at: "/servers/0/password", without: Is("null"),
        takes: &[("p\nusername=u", "\"p\""), ("\nusername=u", "\"\""), ("{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d\nusername=u", "\"{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d\"")],
        refuses: &[("p", INCOMPLETE)],
        effect: Scenario("rights::passwords_may_be_hashes"),
    },
    Facts {
        of: UnixHttpServer, option: "allowed_hosts", at: "", without: Is("null"),
        takes: &[("a.example.com, *.example.org", "\"a.example.com,*.example.org\""), ("*", "\"*\""), ("", "null")],
        refuses: &[("*x", "*x is not a name of hosts in allowed_hosts"), ("a, http://b", "http://b is not a name of hosts in allowed_hosts")],
        effect: Scenario("clients::pages_from_allowed_hosts_may_call"),
    },
    Facts {
        of: UnixHttpServer, option: "metrics_auth", at: "", without: Is("true"),
        takes: BOOLEANS, refuses: NO_BOOLEANS,
        effect: Scenario("api::figures_can_be_open_while_everything_else_is_not"),
    },
    Facts {
        of: UnixHttpServer, option: "unsafe_get_actions", at: "", without: Is("false"),
        takes: BOOLEANS, refuses: NO_BOOLEANS,
        effect: Scenario("api::old_links_act_only_where_that_is_wanted"),
    },
    Facts {
        of: InetHttpServer, option: "port", at: "/servers/0/port", without: Refused("section [$S] has no port value"),
        takes: &[("1", "1"), ("65535", "65535"), ("*:80", "80"), (":80", "80"), ("Host:80", "80"), ("::1:80", "80")],
        refuses: &[("0", "not a valid port number: '0' "), ("65536", "not a valid port number: '65536' "), ("x", "not a valid port number: 'x' "), ("h:", "no port number specified in ''"), ("h:x", "invalid literal for int() with base 10: 'x'"), ("h:0", "0 is below lower bound (1)"), ("h:65536", "65536 is above upper bound (65535)"), ("%(here)s", "Format string '%(here)s' for 'inet_http_server.port' contains names ('here') which cannot be expanded. Available names: ENV_A, ENV_BOOL, ENV_DIR, ENV_EMPTY, ENV_HOME, ENV_LETTER, ENV_NUM, ENV_PAIRS, ENV_PATH, ENV_PERCENT, ENV_QUOTED, ENV_S, ENV_X")],
        effect: Case("auth"),
    },
    Facts {
        of: InetHttpServer, option: "username", at: "/servers/0/username", without: Is("null"),
        takes: &[("u\npassword=p", "\"u\""), ("%(ENV_X)s\npassword=p", "\"x\"")],
        refuses: &[("u", INCOMPLETE), ("\npassword=p", INCOMPLETE)],
        effect: Case("auth"),
    },
    Facts {
        of: InetHttpServer, option: "password", at: "/servers/0/password", without: Is("null"),
        takes: &[("p\nusername=u", "\"p\""), ("\nusername=u", "\"\""), ("%(ENV_X)s%%\nusername=u", "\"x%\"")],
        refuses: &[("p", INCOMPLETE)],
        effect: Case("auth"),
    },
    Facts {
        of: InetHttpServer, option: "allowed_hosts", at: "", without: Is("null"),
        takes: &[("a.example.com, *.example.org", "\"a.example.com,*.example.org\""), ("*", "\"*\""), ("", "null")],
        refuses: &[("*x", "*x is not a name of hosts in allowed_hosts"), ("a, http://b", "http://b is not a name of hosts in allowed_hosts")],
        effect: Scenario("clients::pages_from_allowed_hosts_may_call"),
    },
    Facts {
        of: InetHttpServer, option: "metrics_auth", at: "", without: Is("true"),
        takes: BOOLEANS, refuses: NO_BOOLEANS,
        effect: Scenario("api::figures_can_be_open_while_everything_else_is_not"),
    },
    Facts {
        of: InetHttpServer, option: "unsafe_get_actions", at: "", without: Is("false"),
        takes: BOOLEANS, refuses: NO_BOOLEANS,
        effect: Scenario("api::old_links_act_only_where_that_is_wanted"),
    },

    // Interfaces.
    Facts {
        of: RpcInterface, option: "supervisor.rpcinterface_factory", at: "/rpcinterfaces/0", without: Refused("section [$S] does not specify a supervisor.rpcinterface_factory"),
        takes: &[("supervisor.rpcinterface:make_main_rpcinterface", "\"r\"")],
        refuses: &[("os:getcwd", "os:getcwd cannot be resolved within [$S]: …")],
        effect: Case("log_start"),
    },
    Facts {
        of: RpcInterface, option: "command", at: "", without: Refused("section [$S] does not specify a supervisor.rpcinterface_factory"),
        takes: &[("serve %(here)s", "\"serve $DIR\"")],
        refuses: &[],
        effect: Unit("crates/config/src/resolve/assembly_tests.rs", "a_namespace_with_a_command_is_a_process"),
    },
    Facts {
        of: RpcInterface, option: "priority", at: "", without: Refused("section [$S] does not specify a supervisor.rpcinterface_factory"),
        takes: &[("5\ncommand=serve", "5")],
        refuses: &[("x\ncommand=serve", "invalid literal for int() with base 10: 'x'")],
        effect: Unit("crates/config/src/resolve/assembly_tests.rs", "a_namespace_with_a_command_is_a_process"),
    },
    Facts {
        of: RpcInterface, option: "rpc_timeout", at: "", without: Refused("section [$S] does not specify a supervisor.rpcinterface_factory"),
        takes: &[("5\ncommand=serve", "5")],
        refuses: &[("0\ncommand=serve", "[$S] section sets invalid rpc_timeout (0)")],
        effect: Unit("crates/config/src/resolve/assembly_tests.rs", "a_namespace_with_a_command_is_a_process"),
    },
    Facts {
        of: CtlPlugin, option: "supervisor.ctl_factory", at: "/serverurl", without: Refused("section [$S] does not specify a supervisor.ctl_factory"),
        takes: &[("a.b:c", "\"http://localhost:9001\"")],
        refuses: &[],
        effect: Unit("crates/config/src/ctl_tests.rs", "python_plugins_are_accepted_and_remembered"),
    },
    Facts {
        of: CtlPlugin, option: "command", at: "/serverurl", without: Refused("section [$S] does not specify a supervisor.ctl_factory"),
        takes: &[("roll", "\"http://localhost:9001\"")],
        refuses: &[],
        effect: Unit("crates/config/src/ctl_tests.rs", "programs_provide_commands"),
    },

    // The client.
    Facts {
        of: Supervisorctl, option: "serverurl", at: "/serverurl", without: Is("\"http://localhost:9001\""),
        takes: &[("unix:///s", "\"unix:///s\""), ("unix://s", "\"unix://$DIR/s\""), ("unix://~/s", "\"unix://$DIR/home/s\""), ("unix://%(here)s/s", "\"unix://$DIR/s\""), ("x", "\"x\"")],
        refuses: &[("%(x)s", "Format string '%(x)s' for 'supervisorctl.serverurl' contains names ('x') which cannot be expanded. Available names: ENV_A, ENV_BOOL, ENV_DIR, ENV_EMPTY, ENV_HOME, ENV_LETTER, ENV_NUM, ENV_PAIRS, ENV_PATH, ENV_PERCENT, ENV_QUOTED, ENV_S, ENV_X, here")],
        effect: Case("ctl_config"),
    },
    Facts {
        of: Supervisorctl, option: "username", at: "/username", without: Is("null"),
        takes: &[("u", "\"u\""), ("", "\"\""), ("%(ENV_X)s", "\"x\"")],
        refuses: &[("%(here)s", "Format string '%(here)s' for 'supervisorctl.username' contains names ('here') which cannot be expanded. Available names: ENV_A, ENV_BOOL, ENV_DIR, ENV_EMPTY, ENV_HOME, ENV_LETTER, ENV_NUM, ENV_PAIRS, ENV_PATH, ENV_PERCENT, ENV_QUOTED, ENV_S, ENV_X")],
        effect: Scenario("rights::settings_of_the_client"),
    },
    Facts {
        of: Supervisorctl, option: "password", at: "/password", without: Is("null"),
        takes: &[("p", "\"p\""), ("p%%", "\"p%\"")],
        refuses: &[("p%", "Format string 'p%' for 'supervisorctl.password' is badly formatted: incomplete format")],
        effect: Scenario("rights::settings_of_the_client"),
    },
    Facts {
        of: Supervisorctl, option: "prompt", at: "/prompt", without: Is("\"supervisor\""),
        takes: &[("me", "\"me\""), ("", "\"\""), ("%(ENV_X)s", "\"x\"")],
        refuses: &[("100%", "Format string '100%' for 'supervisorctl.prompt' is badly formatted: incomplete format")],
        effect: Scenario("rights::settings_of_the_client"),
    },
    Facts {
        of: Supervisorctl, option: "history_file", at: "/history_file", without: Is("null"),
        takes: &[("/h", "\"/h\""), ("~/h", "\"$DIR/home/h\""), ("%(here)s/h", "\"$DIR/h\"")],
        refuses: &[("%", "Format string '%' for 'supervisorctl.history_file' is badly formatted: incomplete format")],
        effect: Scenario("prompt::completion_and_history"),
    },

    // Programs; what others share with them is tested there, too.
    Facts {
        of: Program, option: "command", at: "/config_info/0/command", without: Refused("program section $S does not specify a command$IN"),
        takes: &[("a ;b", "\"a\""), ("a;b", "\"a;b\""), ("", "\"\""), ("a\n  b", "\"a\\nb\""), ("%(program_name)s %(process_num)02d %(ENV_X)s %%", "\"p 00 x %\""), ("%(ENV_S)s\nenvironment=S=own", "\"own\"")],
        refuses: &[("100%", "Format string '100%' for '$S.command' is badly formatted: incomplete format$IN"), ("%(x)s", UNKNOWN_NAME)],
        effect: Case("child"),
    },
    Facts {
        of: Program, option: "process_name", at: "/config_info/0/name", without: Is("\"p\""),
        takes: &[("x_%(process_num)02d", "\"x_00\""), ("%(ENV_QUOTED)s", "\"say \\\"hi\\\"\""), ("", "\"\""), ("%(program_name)s%(group_name)s", "\"pp\"")],
        refuses: &[("a b", "Invalid name: 'a b' because of character: ' '$IN"), ("a:b", "Invalid name: 'a:b' because of character: ':'$IN"), ("a/b", "Invalid name: 'a/b' because of character: '/'$IN"), ("%(x)d", "Format string '%(x)d' for 'process_name' contains names ('x') which cannot be expanded. Available names: ENV_A, ENV_BOOL, ENV_DIR, ENV_EMPTY, ENV_HOME, ENV_LETTER, ENV_NUM, ENV_PAIRS, ENV_PATH, ENV_PERCENT, ENV_QUOTED, ENV_S, ENV_X, group_name, here, host_node_name, numprocs, process_num, program_name$IN")],
        effect: Case("child"),
    },
    Facts {
        of: Program, option: "numprocs", at: "/config_info/1/name", without: Is("null"),
        takes: &[("0", "null"), ("1", "null"), ("-1", "null"), ("2\nprocess_name=x%(process_num)d", "\"x1\"")],
        refuses: &[("2", NO_NUMBER), ("2\nprocess_name=%(program_name)s", NO_NUMBER), ("", "invalid literal for int() with base 10: ''$IN"), ("1.5", "invalid literal for int() with base 10: '1.5'$IN")],
        effect: Case("child"),
    },
    Facts {
        of: Program, option: "numprocs_start", at: "/config_info/0/name", without: Is("\"p\""),
        takes: &[("-1\nprocess_name=%(process_num)d", "\"-1\""), ("7\nprocess_name=%(process_num)02d", "\"07\"")],
        refuses: &[("x", "invalid literal for int() with base 10: 'x'$IN")],
        effect: Case("child"),
    },
    Facts {
        of: Program, option: "directory", at: "/config_info/0/directory", without: Is("\"none\""),
        takes: &[("/nope", "\"/nope\""), ("~/x", "\"~/x\""), ("%(here)s/%(process_num)d", "\"$DIR/0\"")],
        refuses: &[("%(here)d", "Format string '%(here)d' for '$S.directory' is badly formatted: %d format: a real number is required, not str$IN")],
        effect: Case("child"),
    },
    Facts {
        of: Program, option: "umask", at: "/groups/0/processes/0/umask", without: Is("null"),
        takes: &[("0", "0"), ("0777", "511"), ("022", "18")],
        refuses: &[("8", "8 can not be converted to an octal type$IN"), ("u=rwx", "u=rwx can not be converted to an octal type$IN")],
        effect: Case("child"),
    },
    Facts {
        of: Program, option: "priority", at: "/config_info/0/process_prio", without: Is("999"),
        takes: &[("-5", "-5"), ("0", "0"), ("9223372036854775807", "9223372036854775807")],
        refuses: &[("high", "invalid literal for int() with base 10: 'high'"), ("%(program_name)s", "Format string '%(program_name)s' for '$S.priority' contains names ('program_name') which cannot be expanded. Available names: ENV_A, ENV_BOOL, ENV_DIR, ENV_EMPTY, ENV_HOME, ENV_LETTER, ENV_NUM, ENV_PAIRS, ENV_PATH, ENV_PERCENT, ENV_QUOTED, ENV_S, ENV_X, here")],
        effect: Case("log_shutdown"),
    },
    Facts { of: Program, option: "autostart", at: "/config_info/0/autostart", without: Is("true"), takes: BOOLEANS, refuses: NO_BOOLEANS_IN, effect: Case("start_stop") },
    Facts { of: Program, option: "startsecs", at: "/config_info/0/startsecs", without: Is("1"), takes: INTEGERS, refuses: NO_INTEGERS_IN, effect: Case("log_lines") },
    Facts { of: Program, option: "startretries", at: "/config_info/0/startretries", without: Is("3"), takes: INTEGERS, refuses: NO_INTEGERS_IN, effect: Case("log_lines") },
    Facts {
        of: Program, option: "autorestart", at: "/groups/0/processes/0/autorestart", without: Is("\"unexpected\""),
        takes: &[("true", "true"), ("OFF", "false"), ("1", "true"), ("Unexpected", "\"unexpected\"")],
        refuses: &[("always", "invalid 'autorestart' value 'always'$IN"), ("Maybe", "invalid 'autorestart' value 'maybe'$IN"), ("", "invalid 'autorestart' value ''$IN")],
        effect: Case("log_lines"),
    },
    Facts {
        of: Program, option: "exitcodes", at: "/config_info/0/exitcodes", without: Is("[0]"),
        takes: &[("0, 2 ,255", "[0, 2, 255]"), ("", "[]")],
        refuses: &[("256", "not a valid list of exit codes: '256'$IN"), ("-1", "not a valid list of exit codes: '-1'$IN"), ("0,", "not a valid list of exit codes: '0,'$IN"), ("x", "not a valid list of exit codes: 'x'$IN")],
        effect: Case("status"),
    },
    Facts {
        of: Program, option: "stopsignal", at: "/config_info/0/stopsignal", without: Is("15"),
        takes: &[("TERM", "15"), ("sigkill", "9"), ("1", "1"), ("31", "31"), ("RTMIN", "34"), ("64", "64"), ("CLD", "17"), ("IO", "29"), ("IOT", "6")],
        refuses: &[("32", "value '32' is not a valid signal number$IN"), ("35", "value '35' is not a valid signal number$IN"), ("65", "value '65' is not a valid signal number$IN"), ("0", "value '0' is not a valid signal number$IN"), ("FOO", "value 'FOO' is not a valid signal name$IN"), ("SIG_IGN", "value 'SIG_IGN' is not a valid signal name$IN"), ("RTMIN+1", "value 'RTMIN+1' is not a valid signal name$IN"), ("", "value '' is not a valid signal name$IN")],
        effect: Case("stop"),
    },
    Facts { of: Program, option: "stopwaitsecs", at: "/config_info/0/stopwaitsecs", without: Is("10"), takes: INTEGERS, refuses: NO_INTEGERS_IN, effect: Case("stop") },
    Facts {
        of: Program, option: "stopasgroup", at: "/groups/0/processes/0/stopasgroup", without: Is("false"),
        takes: &[("true", "true"), ("no", "false"), ("true\nkillasgroup=true", "true")],
        refuses: &[("true\nkillasgroup=false", "Cannot set stopasgroup=true and killasgroup=false$IN"), ("x", "not a valid boolean value: 'x'$IN")],
        effect: Case("stop"),
    },
    Facts {
        of: Program, option: "killasgroup", at: "/config_info/0/killasgroup", without: Is("false"),
        takes: &[("true", "true"), ("false", "false"), ("true\nstopasgroup=true", "true")],
        refuses: NO_BOOLEANS_IN,
        effect: Case("stop"),
    },
    Facts {
        of: Program, option: "kill_mode", at: "", without: Is("null"),
        takes: &[("process", "\"process\""), ("Group", "\"group\""), ("tree", "\"tree\""), ("cgroup", "\"cgroup\"")],
        refuses: &[("", "invalid 'kill_mode' value ''$IN"), ("mixed", "invalid 'kill_mode' value 'mixed'$IN"), ("process\nkillasgroup=true", "Cannot set kill_mode=process and signal the process group$IN")],
        effect: Unit("tests/faults/survivors.rs", "stop_leaves_no_survivors"),
    },
    Facts {
        of: Program, option: "user", at: "/config_info/0/uid", without: Is("\"none\""),
        takes: &[("root", "0"), ("65534", "65534"), ("%(ENV_NUM)s%(ENV_EMPTY)s", "7")],
        refuses: &[("nosuch", "Invalid user name nosuch$IN"), ("4294967295", "Invalid user id 4294967295$IN"), ("99999999999999999999", "Invalid user id 99999999999999999999$IN"), ("ROOT", "Invalid user name ROOT$IN")],
        effect: Scenario("daemon::another_user"),
    },
    Facts { of: Program, option: "redirect_stderr", at: "/config_info/0/redirect_stderr", without: Is("false"), takes: BOOLEANS, refuses: NO_BOOLEANS_IN, effect: Case("child") },
    Facts { of: Program, option: "stdout_logfile", at: "/config_info/0/stdout_logfile", without: Is("\"auto\""), takes: LOG_FILES, refuses: NO_LOG_FILES, effect: Case("child") },
    Facts { of: Program, option: "stdout_logfile_maxbytes", at: "/config_info/0/stdout_logfile_maxbytes", without: Is("52428800"), takes: SIZES, refuses: NO_SIZES_IN, effect: Case("logs") },
    Facts { of: Program, option: "stdout_logfile_backups", at: "/config_info/0/stdout_logfile_backups", without: Is("10"), takes: COUNTS, refuses: NO_INTEGERS_IN, effect: Case("logs") },
    Facts { of: Program, option: "stdout_capture_maxbytes", at: "/config_info/0/stdout_capture_maxbytes", without: Is("0"), takes: SIZES, refuses: NO_SIZES_IN, effect: Scenario("events::a_listener_hears_everything_in_order") },
    Facts { of: Program, option: "stdout_events_enabled", at: "/config_info/0/stdout_events_enabled", without: Is("false"), takes: BOOLEANS, refuses: NO_BOOLEANS_IN, effect: Scenario("events::a_listener_hears_everything_in_order") },
    Facts { of: Program, option: "stdout_syslog", at: "/config_info/0/stdout_syslog", without: Is("false"), takes: BOOLEANS, refuses: NO_BOOLEANS_IN, effect: Unit("crates/supervisord/src/logs/tests/syslog.rs", "a_channel_may_have_a_file_and_the_system_log") },
    Facts { of: Program, option: "stdout_logfile_mode", at: "", without: Is("null"), takes: MODES, refuses: NO_MODES, effect: Scenario("effects::log_files_are_made_as_configured") },
    Facts { of: Program, option: "stdout_logfile_owner", at: "", without: Is("null"), takes: OWNERS, refuses: NO_OWNERS, effect: Scenario("effects::log_files_are_made_as_configured") },
    Facts { of: Program, option: "stderr_logfile", at: "/config_info/0/stderr_logfile", without: Is("\"auto\""), takes: LOG_FILES, refuses: NO_LOG_FILES, effect: Case("stderr") },
    Facts { of: Program, option: "stderr_logfile_maxbytes", at: "/config_info/0/stderr_logfile_maxbytes", without: Is("52428800"), takes: SIZES, refuses: NO_SIZES_IN, effect: Case("stderr") },
    Facts { of: Program, option: "stderr_logfile_backups", at: "/config_info/0/stderr_logfile_backups", without: Is("10"), takes: COUNTS, refuses: NO_INTEGERS_IN, effect: Case("stderr") },
    Facts { of: Program, option: "stderr_capture_maxbytes", at: "/config_info/0/stderr_capture_maxbytes", without: Is("0"), takes: SIZES, refuses: NO_SIZES_IN, effect: Case("stderr") },
    Facts { of: Program, option: "stderr_events_enabled", at: "/config_info/0/stderr_events_enabled", without: Is("false"), takes: BOOLEANS, refuses: NO_BOOLEANS_IN, effect: Scenario("events::a_listener_hears_everything_in_order") },
    Facts { of: Program, option: "stderr_syslog", at: "/config_info/0/stderr_syslog", without: Is("false"), takes: BOOLEANS, refuses: NO_BOOLEANS_IN, effect: Unit("crates/supervisord/src/logs/tests/syslog.rs", "a_channel_may_have_a_file_and_the_system_log") },
    Facts { of: Program, option: "stderr_logfile_mode", at: "", without: Is("null"), takes: MODES, refuses: NO_MODES, effect: Scenario("effects::log_files_are_made_as_configured") },
    Facts { of: Program, option: "stderr_logfile_owner", at: "", without: Is("null"), takes: OWNERS, refuses: NO_OWNERS, effect: Scenario("effects::log_files_are_made_as_configured") },
    Facts {
        of: Program, option: "environment", at: "/groups/0/processes/0/environment", without: Is("{}"),
        takes: &[("A=1,B='2 3'", "{\"A\":\"1\",\"B\":\"2 3\"}"), ("A=\"%(process_num)d/%(numprocs)d %(ENV_S)s\"", "{\"A\":\"0/1 system\"}"), ("A=1;B=2", "{\"A\":\"1\",\"B\":\"2\"}"), ("A=/a:b,", "{\"A\":\"/a:b\"}"), ("A=1 B", "{\"A\":\"1\"}"), ("", "{}")],
        refuses: &[("A=a@b", "Unexpected end of key/value pairs in value 'A=a@b'$IN"), ("A=1,B", "Unexpected end of key/value pairs in value 'A=1,B'$IN"), ("A='x", "No closing quotation$IN"), ("A=\\", "No escaped character$IN")],
        effect: Case("child"),
    },
    Facts {
        of: Program, option: "serverurl", at: "/config_info/0/serverurl", without: Is("\"none\""),
        takes: &[("AUTO", "\"none\""), (" auto ", "\"none\""), ("", "\"\""), ("x", "\"x\""), ("http://%(host_node_name)s:1", "\"http://$HOST:1\"")],
        refuses: &[("%", "Format string '%' for '$S.serverurl' is badly formatted: incomplete format$IN")],
        effect: Case("child"),
    },
    Facts { of: Program, option: "user_environment", at: "", without: Is("false"), takes: BOOLEANS, refuses: NO_BOOLEANS_IN, effect: Scenario("intruders::a_program_is_its_user_altogether") },
    Facts { of: Program, option: "create_log_dirs", at: "", without: Is("false"), takes: BOOLEANS, refuses: NO_BOOLEANS_IN, effect: Scenario("effects::log_files_are_made_as_configured") },

    // Listeners.
    Facts {
        of: EventListener, option: "events", at: "/groups/0/events", without: Refused("[$S] section requires an \"events\" line"),
        takes: &[("EVENT", "[\"EVENT\"]"), ("tick_5, TICK_5,Process_Log", "[\"PROCESS_LOG\", \"TICK_5\"]")],
        refuses: &[("", "[$S] section requires an \"events\" line"), ("TICK_5,", "Unknown event type  in [$S] events"), ("nosuch", "Unknown event type NOSUCH in [$S] events")],
        effect: Scenario("events::a_listener_hears_everything_in_order"),
    },
    Facts {
        of: EventListener, option: "buffer_size", at: "/groups/0/buffer_size", without: Is("10"),
        takes: &[("1", "1"), ("9223372036854775807", "9223372036854775807")],
        refuses: &[("0", "[$S] section sets invalid buffer_size (0)"), ("-3", "[$S] section sets invalid buffer_size (-3)"), ("x", "invalid literal for int() with base 10: 'x'")],
        effect: Case("listener_options"),
    },
    Facts {
        of: EventListener, option: "result_handler", at: "/groups/0/result_handler", without: Is("\"supervisor.dispatchers:default_handler\""),
        takes: &[("supervisor.dispatchers:default_handler", "\"supervisor.dispatchers:default_handler\"")],
        refuses: &[("os:nosuch", "os:nosuch cannot be resolved within [$S]: …")],
        effect: Scenario("listeners::output_is_printed_by_the_handlers_people_use"),
    },
    Facts {
        of: EventListener, option: "event_length", at: "", without: Is("\"characters\""),
        takes: &[("bytes", "\"bytes\""), ("Characters", "\"characters\"")],
        refuses: &[("", "invalid 'event_length' value ''"), ("chars", "invalid 'event_length' value 'chars'")],
        effect: Scenario("listeners::text_beyond_ascii_reaches_listeners_of_text_and_of_bytes"),
    },
    Facts {
        of: EventListener, option: "priority", at: "/groups/0/priority", without: Is("-1"),
        takes: &[("5", "5"), ("-9223372036854775808", "-9223372036854775808")],
        refuses: &[("x", "invalid literal for int() with base 10: 'x'")],
        effect: Case("listener_options"),
    },
    Facts {
        of: EventListener, option: "redirect_stderr", at: "/config_info/0/redirect_stderr", without: Is("false"),
        takes: &[("false", "false"), ("0", "false")],
        refuses: &[("true", "[$S] section sets redirect_stderr=true but this is not allowed because it will interfere with the eventlistener protocol"), ("x", "not a valid boolean value: 'x'")],
        effect: Case("listener_options"),
    },

    // FastCGI programs.
    Facts {
        of: FcgiProgram, option: "socket", at: "/groups/0/socket", without: Refused("[$S] section requires a \"socket\" line"),
        takes: &[("unix:///a/s", "\"unix:///a/s\""), ("tcp://Host:1", "\"tcp://host:1\""), ("tcp://h:65535", "\"tcp://h:65535\""), ("unix://%(here)s/%(program_name)s", "\"unix://$DIR/p\"")],
        refuses: &[("foo", "Bad socket format foo in [$S] socket"), ("unix://s", "Unix socket path s is not an absolute path in [$S] socket"), ("tcp://h:0", "0 is below lower bound (1) in [$S] socket"), ("tcp://h:65536", "65536 is above upper bound (65535) in [$S] socket")],
        effect: Scenario("fastcgi::workers_share_a_socket"),
    },
    Facts {
        of: FcgiProgram, option: "socket_backlog", at: "/groups/0/backlog", without: Is("null"),
        takes: &[("1", "1"), ("65535", "65535")],
        refuses: &[("0", "Invalid socket_backlog value 0"), ("65536", "Invalid socket_backlog value 65536"), ("x", "invalid literal for int() with base 10: 'x'")],
        effect: Unit("crates/sys/tests/fcgi.rs", "the_backlog_limits_how_many_wait"),
    },
    Facts {
        of: FcgiProgram, option: "socket_owner", at: "/groups/0/owner", without: Is("[-1, -1]"),
        takes: &[("nobody", "[65534, -1]"), ("nobody:0", "[65534, 0]"), ("root\nuser=nobody", "[0, -1]")],
        refuses: &[("nosuch", "Invalid socket_owner value nosuch"), ("root\nsocket=tcp://h:1", FOR_UNIX)],
        effect: Scenario("rights::sockets_belong_to_whom_they_should"),
    },
    Facts {
        of: FcgiProgram, option: "socket_mode", at: "/groups/0/mode", without: Is("448"),
        takes: &[("0770", "504"), ("0", "0")],
        refuses: &[("9", "Invalid socket_mode value 9"), ("0700\nsocket=tcp://h:1", FOR_UNIX)],
        effect: Scenario("fastcgi::workers_share_a_socket"),
    },
    Facts {
        of: FcgiProgram, option: "user", at: "/groups/0/owner", without: Is("[-1, -1]"),
        takes: &[("nobody", "[65534, 65534]"), ("root", "[-1, -1]")],
        refuses: &[("nosuch", "Invalid user name nosuch"), ("99999", "Invalid user id 99999")],
        effect: Scenario("rights::sockets_belong_to_whom_they_should"),
    },

    // Groups and files.
    Facts {
        of: Group, option: "programs", at: "/config_info/0/group", without: Is("\"a\""),
        takes: &[("a", "\"p\""), (" b , a ", "\"p\""), ("", "\"a\"")],
        refuses: &[("nosuch", "[$S] names unknown program or fcgi-program nosuch"), ("a,", "[$S] names unknown program or fcgi-program ")],
        effect: Case("status"),
    },
    Facts {
        of: Group, option: "priority", at: "/config_info/0/group_prio", without: Is("999"),
        takes: &[("5", "5"), ("-1", "-1"), ("9223372036854775807", "9223372036854775807")],
        refuses: &[("x", "invalid literal for int() with base 10: 'x'")],
        effect: Case("bulk"),
    },
    Facts {
        of: Include, option: "files", at: "/messages/0/1", without: Refused(".ini file has [include] section, but no files setting"),
        takes: &[("conf.d/*.ini", "\"Included extra file \\\"$DIR/conf.d/a.ini\\\" during parsing\""), ("%(here)s/conf.d/?.ini", "\"Included extra file \\\"$DIR/conf.d/a.ini\\\" during parsing\""), ("nosuch/*", "\"No file matches via include \\\"$DIR/nosuch/*\\\"\"")],
        refuses: &[("%(x)s", "Format string '%(x)s' for 'include.files' contains names ('x') which cannot be expanded. Available names: ENV_A, ENV_BOOL, ENV_DIR, ENV_EMPTY, ENV_HOME, ENV_LETTER, ENV_NUM, ENV_PAIRS, ENV_PATH, ENV_PERCENT, ENV_QUOTED, ENV_S, ENV_X, here, host_node_name")],
        effect: Case("include"),
    },
];

/// Values as they are written, and what is to be found or said.
type Values = &'static [(&'static str, &'static str)];

const INCOMPLETE: &str = "Section [$S] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified";
const FOR_UNIX: &str =
    "socket_owner and socket_mode params should only be used with a Unix domain socket in [$S] socket";
const NO_NUMBER: &str = "%(process_num) must be present within process_name when numprocs > 1$IN";
const UNKNOWN_NAME: &str = "Format string '%(x)s' for '$S.command' contains names ('x') which cannot be expanded. Available names: ENV_A, ENV_BOOL, ENV_DIR, ENV_EMPTY, ENV_HOME, ENV_LETTER, ENV_NUM, ENV_PAIRS, ENV_PATH, ENV_PERCENT, ENV_QUOTED, ENV_S, ENV_X, group_name, here, host_node_name, numprocs, process_num, program_name$IN";

#[rustfmt::skip]
const BOOLEANS: Values = &[
    ("true", "true"), ("YES", "true"), ("on", "true"), ("1", "true"), ("False", "false"), ("no", "false"), ("off", "false"), ("0", "false"),
];
const NO_BOOLEANS: Values = &[
    ("", "not a valid boolean value: ''"),
    ("2", "not a valid boolean value: '2'"),
    ("Maybe", "not a valid boolean value: 'Maybe'"),
];
const NO_BOOLEANS_IN: Values = &[
    ("", "not a valid boolean value: ''$IN"),
    ("2", "not a valid boolean value: '2'$IN"),
    ("Maybe", "not a valid boolean value: 'Maybe'$IN"),
];
const INTEGERS: Values =
    &[("0", "0"), ("-1", "-1"), ("1_000", "1000"), ("9223372036854775807", "9223372036854775807")];
const NO_INTEGERS_IN: Values = &[
    ("", "invalid literal for int() with base 10: ''$IN"),
    ("1.5", "invalid literal for int() with base 10: '1.5'$IN"),
    ("soon", "invalid literal for int() with base 10: 'soon'$IN"),
];
const COUNTS: Values = &[("0", "0"), ("1", "1"), ("-1", "0"), ("4294967295", "4294967295")];
const SIZES: Values =
    &[("0", "0"), ("-1", "-1"), ("1KB", "1024"), ("1 mb", "1048576"), ("2GB", "2147483648")];
const NO_SIZES_IN: Values = &[
    ("", "invalid literal for int() with base 10: ''$IN"),
    ("10K", "invalid literal for int() with base 10: '10k'$IN"),
    ("1TB", "invalid literal for int() with base 10: '1tb'$IN"),
    ("MB", "invalid literal for int() with base 10: ''$IN"),
];
#[rustfmt::skip]
const LOG_FILES: Values = &[
    ("AUTO", "\"auto\""), ("none", "\"none\""), ("Off", "\"none\""), ("syslog", "\"none\""), ("x.log", "\"x.log\""), ("~/x", "\"$DIR/home/x\""),
    ("logs/%(program_name)s-%(process_num)d", "\"logs/p-0\""), ("", "\"none\""), ("logs/%%x", "\"logs/%x\""),
];
const NO_LOG_FILES: Values =
    &[("nosuch/x", "The directory named as part of the path nosuch/x does not exist$IN")];
const MODES: Values = &[("0640", "\"0640\""), ("0", "\"0000\""), ("7777", "\"7777\"")];
const NO_MODES: Values = &[("8", "8 can not be converted to an octal type$IN")];
const OWNERS: Values = &[("nobody", "\"65534\""), ("0:65534", "\"0:65534\"")];
const NO_OWNERS: Values = &[
    ("nosuch", "Invalid user:group definition nosuch$IN"),
    ("root:nosuch", "Invalid user:group definition root:nosuch$IN"),
];
