//! Pictures of the web console for the documents: a small made-up shop, photographed by a real browser.

use std::fs;
use std::path::PathBuf;

use provost_tests::browser::Browser;
use provost_tests::http::Server;
use provost_tests::world::{CONFIG, HEAD};
use provost_tests::{Implementation, Sides, World};

use crate::chore::{Failure, root};
use crate::test;

/// What the shop runs: most of it well.
const PROGRAMS: &str = r"
[inet_http_server]
port=127.0.0.1:$PORT1
username=u
password=p
[group:shop]
programs=web,worker,search
[program:web]
command=/bin/sh %(here)s/shop.sh serve
[program:worker]
command=/bin/sh %(here)s/shop.sh work
numprocs=3
process_name=worker_%(process_num)d
[program:search]
command=/bin/sh %(here)s/shop.sh wait
[program:cache]
command=/bin/sh %(here)s/shop.sh wait
[program:nightly]
command=/bin/sh %(here)s/shop.sh fail
startsecs=0
autorestart=false
[program:mailer]
command=/opt/shop/bin/mailer
startretries=0
[program:reports]
command=/bin/cat
autostart=false
";

/// What its programs do. The colours are for the log.
const SHOP: &str = r#"
case $1 in
serve)
  n=0
  printf '\033[1mshop\033[0m 2.4.1 listening on \033[36m127.0.0.1:8080\033[0m\n'
  while :; do
    n=$((n + 1))
    printf '\033[32m200\033[0m GET /basket/%d \033[2m%d ms\033[0m\n' $((n * 37 % 911)) $((n * 7 % 40 + 3))
    [ $((n % 4)) = 0 ] && printf '\033[33m404\033[0m GET /favicon.ico \033[2m1 ms\033[0m\n'
    [ $((n % 6)) = 0 ] && printf '\033[31m503\033[0m POST /checkout \033[2mthe mailer is away\033[0m\n'
    [ $n -lt 16 ] || sleep 1
  done ;;
work) while :; do i=0; while [ $i -lt 40000 ]; do i=$((i + 1)); done; sleep 0.4; done ;;
fail) echo 'no space left on device' >&2; exit 3 ;;
wait) exec tail -f /dev/null ;;
esac
"#;

/// A change of the configuration that nobody has applied yet.
const CHANGE: [(&str, &str); 2] = [("numprocs=3", "numprocs=4"), ("[program:cache]", "[program:sessions]")];

/// What shows that figures have come often enough to make a curve.
const HAS_CURVES: &str = "document.querySelector('.spark path')?.getAttribute('d').split('L').length >= 5";

/// The browser and where its pictures go.
struct Studio {
    browser: Browser,
    world: World,
    folder: PathBuf,
}

impl Studio {
    fn go(&mut self, page: &str) {
        let address = format!("{}/{page}", Server::Tcp(self.world.scratch.port(1)).url());
        self.browser.go(&address);
        self.browser
            .wait("document.querySelector('#password') || document.documentElement.dataset.link === 'live'");
    }

    fn take(&self, name: &str) {
        self.browser.photograph(&self.folder.join(format!("{name}.png")));
        println!("docs/images/{name}.png");
    }
}

/// Builds the programs, and takes all pictures anew.
pub(crate) fn run() -> Result<(), Failure> {
    test::build()?;
    let browser = match Browser::open() {
        Ok(browser) => browser,
        Err(missing) => {
            eprintln!("{missing}");
            return Ok(());
        }
    };
    let folder = root().join("docs/images");
    fs::create_dir_all(&folder).map_err(|cause| Failure::File {
        action: "make",
        path: folder.clone(),
        cause,
    })?;
    let mut studio = Studio { browser, world: open_shop(), folder };
    sign_in(&mut studio);
    take_all(&mut studio);
    Ok(())
}

fn open_shop() -> World {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.scratch.write("shop.sh", SHOP);
    let head = HEAD.replacen("[supervisord]\n", "[supervisord]\nidentifier=shop\n", 1);
    world.scratch.write(CONFIG, &format!("{head}{PROGRAMS}"));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    for (name, state) in [("shop:web", "RUNNING"), ("mailer", "FATAL"), ("nightly", "EXITED")] {
        world.wait_state(name, state);
    }
    world
}

fn sign_in(studio: &mut Studio) {
    studio.go("");
    studio.browser.type_into("#user", "u");
    studio.browser.type_into("#password", "p");
    studio.browser.click("form.stack button");
}

fn take_all(studio: &mut Studio) {
    studio.browser.resize(1280, 800);
    studio.browser.prefer("light");
    studio.browser.wait(HAS_CURVES);
    studio.take("overview");
    studio.browser.prefer("dark");
    studio.take("overview-dark");
    studio.browser.prefer("light");
    studio.go("program.html?name=shop%3Aweb");
    studio.browser.wait("document.querySelector('.log span')");
    studio.take("program");
    let changed = CHANGE
        .iter()
        .fold(studio.world.scratch.template(CONFIG).to_owned(), |text, (from, to)| text.replace(from, to));
    studio.world.scratch.write(CONFIG, &changed);
    studio.go("daemon.html?plan=1");
    studio.take("plan");
    studio.browser.resize(390, 844);
    studio.browser.prefer("dark");
    studio.go("?lang=zh-CN");
    studio.browser.wait("document.querySelector('.memory b').textContent");
    studio.take("phone");
}
