//! Every word of the pages, in every language: one table.
//!
//! A row has one text for each language, so that no language can lack one. `{}` is where the name of what it is about
//! goes. Rows that begin with `js_` are those that the pages' script needs; it gets them as data.

use std::collections::BTreeMap;

/// The languages there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::http) enum Language {
    #[default]
    English,
    Chinese,
}

impl Language {
    /// As HTML and HTTP call it.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The language of a tag; any Chinese is ours.
    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        match tag.trim().split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }

    /// What an `Accept-Language` header likes best of what there is.
    pub(super) fn preferred(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for item in header.split(',') {
            let (tag, weight) = item.split_once(";q=").unwrap_or((item, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            if let Some(language) = Self::of_tag(tag)
                && weight > best.map_or(0.0, |(most, _)| most)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// Its texts.
    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        }
    }
}

/// Puts a name into a text.
pub(super) fn fill(text: &str, name: &str) -> String {
    text.replacen("{}", name, 1)
}

macro_rules! texts {
    ($($name:ident: $english:literal, $chinese:literal;)*) => {
        /// The texts of one language.
        pub(super) struct Texts {
            $(pub(super) $name: &'static str,)*
        }

        static ENGLISH: Texts = Texts { $($name: $english,)* };
        static CHINESE: Texts = Texts { $($name: $chinese,)* };

        impl Texts {
            /// Names and texts of all rows.
            fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
                [$((stringify!($name), self.$name),)*].into_iter()
            }
        }
    };
}

impl Texts {
    /// The texts that the script needs, by name.
    pub(super) fn for_script(&self) -> BTreeMap<&'static str, &'static str> {
        self.rows().filter_map(|(name, text)| Some((name.strip_prefix("js_")?, text))).collect()
    }

    /// The word for a state, by its public name.
    pub(super) fn state(&self, state: &str) -> &'static str {
        match state {
            "STOPPED" => self.js_state_stopped,
            "STARTING" => self.js_state_starting,
            "RUNNING" => self.js_state_running,
            "BACKOFF" => self.js_state_backoff,
            "STOPPING" => self.js_state_stopping,
            "EXITED" => self.js_state_exited,
            "FATAL" => self.js_state_fatal,
            _ => self.js_state_unknown,
        }
    }
}

texts! {
    // The frame of every page.
    programs: "Programs", "程序";
    daemon: "Daemon", "守护进程";
    skip: "Skip to content", "跳到正文";
    navigation: "Pages", "页面";
    sign_out: "Sign out", "退出登录";
    theme: "Theme", "主题";
    theme_auto: "Auto", "自动";
    theme_light: "Light", "浅色";
    theme_dark: "Dark", "深色";
    language: "Language", "语言";
    js_live: "Live", "实时";
    js_connecting: "Connecting…", "连接中…";
    js_lost: "Connection lost. What you see may be out of date.", "连接已断开，所见内容可能已过时。";
    js_lost_short: "Offline", "已断开";
    js_signed_out: "You are signed out.", "您已退出登录。";
    js_sign_in: "Sign in", "登录";
    js_dismiss: "Dismiss", "关闭";
    js_failed_request: "The request failed.", "请求失败。";
    no_script: "Live updates, curves, and search and colours in logs need JavaScript. Everything else works without it; reload to see news.", "实时更新、曲线以及日志中的搜索和颜色需要 JavaScript；其余功能无需脚本，刷新页面即可查看最新状态。";

    // States.
    js_state_stopped: "stopped", "已停止";
    js_state_starting: "starting", "启动中";
    js_state_running: "running", "运行中";
    js_state_backoff: "backoff", "重试等待";
    js_state_stopping: "stopping", "停止中";
    js_state_exited: "exited", "已退出";
    js_state_fatal: "fatal", "启动失败";
    js_state_unknown: "unknown", "未知";
    mood_running: "running", "运行中";
    mood_restarting: "restarting", "重启中";
    mood_shutdown: "shutting down", "关闭中";

    // The overview.
    overview_title: "Supervisor Status", "Supervisor 状态";
    all: "All", "全部";
    search: "Search", "搜索";
    search_hint: "Name, group or reason", "名称、组或原因";
    sort: "Sort", "排序";
    sort_group: "By group", "按组";
    sort_name: "Name", "名称";
    sort_state: "State", "状态";
    sort_uptime: "Uptime", "运行时间";
    sort_cpu: "CPU", "CPU";
    sort_memory: "Memory", "内存";
    sort_restarts: "Restarts", "重启次数";
    apply_filter: "Show", "显示";
    filter_by_state: "Filter by state", "按状态筛选";
    no_programs: "No programs to manage", "没有可管理的程序";
    nothing_matches: "No program matches.", "没有匹配的程序。";
    pid: "pid", "pid";
    uptime: "uptime", "运行时间";
    restarts: "restarts", "重启";
    cpu: "CPU", "CPU";
    memory: "memory", "内存";
    js_last_exit: "last exit", "上次退出";
    js_attempt: "attempt", "尝试";
    js_days: "d", "天";
    js_never_started: "Not started", "尚未启动";
    start: "Start", "启动";
    stop: "Stop", "停止";
    restart: "Restart", "重启";
    clear: "Clear log", "清空日志";
    start_all: "Start all", "全部启动";
    stop_all: "Stop all", "全部停止";
    restart_all: "Restart all", "全部重启";
    refresh: "Refresh", "刷新";
    more: "More", "更多";

    // A program.
    back_to_programs: "All programs", "所有程序";
    events_waiting: "events waiting", "等待的事件";
    events_dropped: "events dropped", "丢弃的事件";
    last_exit: "Last exit", "上次退出";
    started: "Started", "启动时间";
    output: "Output", "输出";
    js_pause: "Pause", "暂停";
    js_resume: "Resume", "继续";
    js_paused_new: "new lines", "行新内容";
    js_wrap: "Wrap", "换行";
    js_find: "Find in log", "在日志中查找";
    js_matches: "matches", "处匹配";
    js_truncated: "the log was cut short or rotated; some of it may be missing here", "日志已被截断或轮换，此处可能缺少部分内容";
    js_log_end: "the log cannot be read", "无法读取日志";
    download: "Download", "下载";
    plain_view: "Plain view", "纯文本视图";
    no_log: "There is no log of this channel.", "此通道没有日志。";
    log_empty: "Nothing was written yet.", "尚无内容。";
    send_signal: "Send signal", "发送信号";
    signal: "Signal", "信号";
    send_stdin: "Send to standard input", "发送到标准输入";
    stdin_label: "Text for standard input", "标准输入文本";
    send: "Send", "发送";
    with_newline: "end with a line break", "末尾加换行";
    history: "History", "历史";
    no_history: "Nothing happened since the daemon started.", "守护进程启动以来没有事件。";
    configuration: "Configuration", "配置";
    option: "Option", "选项";
    value: "Value", "值";
    not_set: "not set", "未设置";
    command_line: "command line", "命令行";
    no_such_program: "There is no program named {}.", "没有名为 {} 的程序。";
    expected: "expected", "预期";
    unexpected: "not expected", "非预期";

    // What happened.
    fact_state: "{}", "{}";
    fact_spawned: "started with pid {}", "已启动，pid {}";
    fact_start_failed: "start failed: {}", "启动失败：{}";
    fact_exited: "exited: {}", "已退出：{}";
    fact_stopped: "stopped: {}", "已停止：{}";
    fact_gave_up: "gave up: too many start retries too quickly", "已放弃：短时间内重试次数过多";
    fact_killing: "did not stop in time, SIGKILL was sent", "未及时停止，已发送 SIGKILL";
    fact_abandoned: "does not end on SIGKILL", "SIGKILL 后仍未结束";

    // The daemon.
    daemon_title: "Daemon", "守护进程";
    identifier: "Identifier", "标识符";
    version: "Version", "版本";
    compatible_with: "compatible with Supervisor", "兼容 Supervisor";
    state: "State", "状态";
    config_file: "Configuration file", "配置文件";
    main_log: "Main log", "主日志";
    no_main_log: "The main log does not go to a file.", "主日志未写入文件。";
    clear_main_log: "Clear main log", "清空主日志";
    changes: "Configuration changes", "配置变更";
    look_for_changes: "Look for changes", "检查变更";
    look_for_changes_hint: "Reads the configuration again and shows what an update would do. Nothing is changed yet.", "重新读取配置并显示更新将执行的操作，此时不会更改任何内容。";
    plan_nothing: "The configuration has no changes.", "配置没有变更。";
    plan_added: "New, will be started", "新增，将启动";
    plan_changed: "Changed, will be restarted", "已更改，将重启";
    plan_removed: "Removed, will be stopped", "已移除，将停止";
    plan_failed: "The configuration cannot be used: {}", "配置无法使用：{}";
    apply: "Apply these changes", "应用这些变更";
    power: "Restart and shutdown", "重启与关闭";
    reload: "Restart daemon…", "重启守护进程…";
    reload_hint: "Stops every program, reads the configuration and starts again.", "停止所有程序，读取配置后重新启动。";
    shutdown: "Shut down…", "关闭…";
    shutdown_hint: "Stops every program and ends. The page will not come back by itself.", "停止所有程序并退出，本页面不会自行恢复。";

    // Questions before something is done.
    confirm_title: "Please confirm", "请确认";
    confirm_yes: "Yes, {}", "确定，{}";
    confirm_cancel: "Cancel", "取消";
    ask_start: "Start {}?", "启动 {}？";
    ask_stop: "Stop {}?", "停止 {}？";
    ask_restart: "Restart {}?", "重启 {}？";
    ask_clear: "Clear the logs of {}?", "清空 {} 的日志？";
    ask_other: "Do this to {}?", "对 {} 执行此操作？";
    ask_reload: "Stop every program and restart the daemon?", "停止所有程序并重启守护进程？";
    ask_shutdown: "Stop every program and shut the daemon down?", "停止所有程序并关闭守护进程？";
    ask_update: "Apply the changes of the configuration?", "应用配置变更？";
    everything: "all programs", "所有程序";
    confirm_why_get: "A link cannot change anything by itself, so that other web sites cannot either.", "链接本身不会更改任何内容，其他网站也就无法借此操作。";

    // What came of it.
    done_start: "{}: started", "{}：已启动";
    done_stop: "{}: stopped", "{}：已停止";
    done_restart: "{}: restarted", "{}：已重启";
    done_clear: "{}: log cleared", "{}：日志已清空";
    done_signal: "{}: signal sent", "{}：信号已发送";
    done_stdin: "{}: sent", "{}：已发送";
    done_update: "Changes applied: {}", "变更已应用：{}";
    done_update_nothing: "There was nothing to change.", "没有需要更改的内容。";
    done_reload: "The daemon restarts.", "守护进程正在重启。";
    done_shutdown: "The daemon shuts down.", "守护进程正在关闭。";
    done_clear_main: "Main log cleared", "主日志已清空";
    done_refresh: "Page refreshed", "页面已刷新";
    bad_deed: "This request asks for nothing that this page can do.", "此请求的操作无法识别。";
    bad_token: "The form was too old, or did not come from this page. Nothing was changed; please try again.", "表单已过期或并非来自本页面。未做任何更改，请重试。";
    fault_already_started: "{}: is running already", "{}：已在运行";
    fault_not_running: "{}: is not running", "{}：未在运行";
    fault_bad_name: "There is no program named {}", "没有名为 {} 的程序";
    fault_bad_signal: "There is no signal named {}", "没有名为 {} 的信号";
    fault_no_file: "{}: no such file", "{}：文件不存在";
    fault_not_executable: "{}: file is not executable", "{}：文件不可执行";
    fault_start_failed: "{}: could not be started", "{}：无法启动";
    fault_ended_early: "{}: ended too early", "{}：过早退出";
    fault_failed: "{}: failed", "{}：失败";
    fault_shutdown: "The daemon is stopping or restarting", "守护进程正在停止或重启";
    fault_still_running: "{}: is still running", "{}：仍在运行";

    farewell_hint: "Every program is stopped. When a daemon has been started again, this link leads to its programs.", "所有程序都将停止。重新启动守护进程后，可通过此链接查看程序。";

    // Signing in.
    sign_in: "Sign in", "登录";
    user_name: "User name", "用户名";
    password: "Password", "密码";
    wrong_credentials: "User name or password is wrong.", "用户名或密码错误。";
    too_many_attempts: "Too many wrong passwords came from your address, so none is looked at now. Try again in {} s.", "来自您的地址的密码错误次数过多，暂不受理。请在 {} 秒后重试。";
    too_many_waiting: "No password can be compared just now. Try again in {} s.", "暂时无法验证密码，请在 {} 秒后重试。";
    sign_in_hint: "This is a supervisor of processes.", "进程监管控制台。";

    // Old addresses.
    tail_title: "Supervisor tail of process {}", "进程 {} 的日志尾部";
    tail_no_name: "No process name found", "未提供进程名";
    tail_no_file: "No file for {}", "{} 没有日志文件";
    tail_bad_name: "ERROR: unexpected rpc fault [10] BAD_NAME: {}", "错误：没有名为 {} 的程序";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_exists_in_every_language_and_has_the_same_gaps() {
        for ((name, english), (_, chinese)) in ENGLISH.rows().zip(CHINESE.rows()) {
            assert!(!english.is_empty() && !chinese.is_empty(), "{name}");
            assert_eq!(english.matches("{}").count(), chinese.matches("{}").count(), "{name}");
        }
    }

    /// What pages are made from, apart from this table.
    fn sources() -> String {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = ["templates", "assets", "src/http/web"].map(|folder| root.join(folder));
        let files = files.iter().flat_map(|folder| std::fs::read_dir(folder).expect("the folder is there"));
        let paths = files.map(|file| file.expect("it can be listed").path());
        let others = paths.filter(|path| path.file_name().is_some_and(|name| name != "texts.rs"));
        let text: String =
            others.map(|path| std::fs::read_to_string(path).expect("sources are text")).collect();
        let (before_table, _) = include_str!("texts.rs").split_once("\ntexts! {").expect("the table is here");
        text + before_table
    }

    /// Whether that path of names stands in a text, and not as the beginning of a longer one.
    fn names(text: &str, path: &str) -> bool {
        let goes_on = |rest: &str| rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        text.match_indices(path).any(|(at, _)| !goes_on(&text[at + path.len()..]))
    }

    #[test]
    fn every_text_is_used() {
        let sources = sources();
        for (name, _) in ENGLISH.rows() {
            let mut places = vec![format!("t.{name}"), format!("self.{name}"), format!("texts().{name}")];
            places.extend(name.strip_prefix("js_").map(|name| format!("words.{name}")));
            assert!(places.iter().any(|place| names(&sources, place)), "nobody says {name}");
        }
    }

    #[test]
    fn every_word_of_the_script_is_in_the_table() {
        let words = ENGLISH.for_script();
        for rest in sources().split("words.").skip(1) {
            let name: String =
                rest.chars().take_while(|next| next.is_ascii_lowercase() || *next == '_').collect();
            assert!(name.is_empty() || words.contains_key(name.as_str()), "there is no js_{name}");
        }
    }

    #[test]
    fn the_browser_chooses_among_what_there_is() {
        use Language::{Chinese, English};
        for (header, expect) in [
            ("en-US,en;q=0.9", Some(English)),
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Chinese)),
            ("zh-TW", Some(Chinese)),
            ("de,en;q=0.5,zh;q=0.7", Some(Chinese)),
            ("de-DE,de", None),
            ("en;q=0,zh;q=0.1", Some(Chinese)),
            ("*", None),
            ("", None),
            (";;;,q=,en;q=x", None),
        ] {
            assert_eq!(Language::preferred(header), expect, "{header}");
        }
    }

    #[test]
    fn states_have_words() {
        assert_eq!(ENGLISH.state("RUNNING"), "running");
        assert_eq!(CHINESE.state("FATAL"), "启动失败");
        assert_eq!(ENGLISH.state("?"), "unknown");
    }

    #[test]
    fn the_script_gets_its_rows_only() {
        let rows = ENGLISH.for_script();
        assert_eq!(rows.get("live"), Some(&"Live"));
        assert!(!rows.contains_key("password"));
    }
}
