//! A browser without a screen: Chromium, steered through its driver (the WebDriver protocol, JSON over HTTP).
//!
//! Each browser has a profile, a driver and processes of its own, all in one scratch, and leaves nothing behind. Anything that
//! goes wrong is a panic: nothing in a test goes on after it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Child;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::http::Server;
use crate::scratch::Scratch;
use crate::wait::{PATIENCE, look_for, until};

/// Where Debian puts the programs.
const CHROMIUM: &str = "/usr/bin/chromium";
const DRIVER: &str = "/usr/bin/chromedriver";
/// The name under which the protocol hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// What the driver prints before the port that it has chosen.
const STARTED: &str = "started successfully on port ";

/// See the [module](self).
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    server: Server,
    /// `/session/ID`.
    session: String,
    // Dropped last: it ends whatever is still there.
    scratch: Scratch,
}

/// What keeps a browser from starting.
#[derive(Debug, thiserror::Error)]
pub enum NoBrowser {
    /// It is not installed.
    #[error("there is no {}, so nothing can be seen in a browser (on Debian: apt-get install chromium chromium-driver)", .0.display())]
    Missing(PathBuf),
    /// It is there, but not where it can run: some sandboxes take away what it needs.
    #[error("the browser does not start here, so nothing can be seen in it: {0}")]
    Refused(String),
}

impl Browser {
    /// A new browser with an empty profile, English, in a window of 1280 × 900.
    ///
    /// # Errors
    ///
    /// When it is not installed, or cannot run here.
    pub fn open() -> Result<Self, NoBrowser> {
        if let Some(missing) = [CHROMIUM, DRIVER].into_iter().find(|path| !Path::new(path).exists()) {
            return Err(NoBrowser::Missing(missing.into()));
        }
        let scratch = Scratch::new();
        let output = File::create(scratch.file("driver.out")).expect("a file in our own directory");
        let mut command = scratch.command(Path::new(DRIVER));
        let driver = command.arg("--port=0").stdout(output).spawn().expect("the driver runs");
        let mut browser = Self { driver, server: Server::Tcp(0), session: String::new(), scratch };
        let said = || browser.scratch.read("driver.out");
        let port = look_for(PATIENCE, || said().split_once(STARTED)?.1.split_once('.')?.0.parse().ok());
        let port = port.ok_or_else(|| NoBrowser::Refused(format!("its driver says {:?}", said())))?;
        browser.server = Server::Tcp(port);
        let begun = browser.try_send("POST", "/session", &browser.capabilities());
        let session = begun.map_err(NoBrowser::Refused)?;
        browser.session = format!("/session/{}", session["sessionId"].as_str().unwrap_or_default());
        Ok(browser)
    }

    fn capabilities(&self) -> Value {
        let profile = format!("--user-data-dir={}", self.scratch.file("profile").display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--hide-scrollbars",
            "--lang=en",
            "--window-size=1280,900",
            &profile,
        ];
        let options = json!({"binary": CHROMIUM, "args": arguments});
        let always = json!({"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}});
        json!({"capabilities": {"alwaysMatch": always}})
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.try_send(method, path, body);
        answer.unwrap_or_else(|reason| panic!("{method} {path}: {reason}"))
    }

    fn try_send(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let request = format!(
            "{method} {}{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.session,
            body.len()
        );
        let answer = self.server.exchange(request.as_bytes()).map_err(|error| error.to_string())?;
        let parsed: Value = serde_json::from_str(&answer.body).map_err(|_| format!("{answer:?}"))?;
        let value = parsed["value"].clone();
        if answer.code() == 200 { Ok(value) } else { Err(value["message"].to_string()) }
    }

    /// Goes to an address, and waits until the page is loaded.
    pub fn go(&self, address: &str) {
        self.send("POST", "/url", &json!({"url": address}));
    }

    /// Runs the body of a function in the page; its result.
    pub fn script(&self, body: &str) -> Value {
        self.send("POST", "/execute/sync", &json!({"script": body, "args": []}))
    }

    /// As [`script`](Self::script), for one that calls its last argument with the result.
    pub fn script_later(&self, body: &str) -> Value {
        self.send("POST", "/execute/async", &json!({"script": body, "args": []}))
    }

    /// The value of an expression of JavaScript as text.
    pub fn value(&self, expression: &str) -> String {
        match self.script(&format!("return {expression}")) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// Waits until an expression of JavaScript is true; one that fails because the page changes counts as false.
    ///
    /// # Panics
    ///
    /// When it never is.
    #[track_caller]
    pub fn wait(&self, expression: &str) {
        let body = json!({"script": format!("return Boolean({expression})"), "args": []});
        until(PATIENCE, expression, || {
            self.try_send("POST", "/execute/sync", &body) == Ok(Value::Bool(true))
        });
    }

    /// Clicks on the element that a CSS selector finds, as a person does: it has to be visible.
    pub fn click(&self, selector: &str) {
        self.send("POST", &format!("/element/{}/click", self.element(selector)), &json!({}));
    }

    /// Types into the element that a CSS selector finds.
    pub fn type_into(&self, selector: &str, text: &str) {
        self.send("POST", &format!("/element/{}/value", self.element(selector)), &json!({"text": text}));
    }

    fn element(&self, selector: &str) -> String {
        let found = self.send("POST", "/element", &json!({"using": "css selector", "value": selector}));
        found[ELEMENT].as_str().unwrap_or_default().to_owned()
    }

    /// Opens one more tab and goes on in it; its handle.
    pub fn open_tab(&self) -> String {
        let opened = self.send("POST", "/window/new", &json!({"type": "tab"}));
        let handle = opened["handle"].as_str().unwrap_or_default().to_owned();
        self.show_tab(&handle);
        handle
    }

    /// Goes on in that tab, which a person sees from now on.
    pub fn show_tab(&self, handle: &str) {
        self.send("POST", "/window", &json!({"handle": handle}));
        self.command("Page.bringToFront", &json!({}));
    }

    /// A command of Chromium's own protocol.
    pub fn command(&self, name: &str, parameters: &Value) -> Value {
        self.send("POST", "/goog/cdp/execute", &json!({"cmd": name, "params": parameters}))
    }

    /// Makes the page as large as a screen of so many CSS pixels.
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.command("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Prefers `light` or `dark` pages.
    pub fn prefer(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.command("Emulation.setEmulatedMedia", &features);
    }

    /// Writes what is to be seen as a PNG.
    ///
    /// # Panics
    ///
    /// When the file cannot be written.
    pub fn photograph(&self, path: &Path) {
        let picture = self.send("GET", "/screenshot", &Value::Null);
        let bytes = STANDARD.decode(picture.as_str().unwrap_or_default()).expect("a picture in base64");
        fs::write(path, bytes).unwrap_or_else(|error| panic!("failed to write {}: {error}", path.display()));
    }

    /// The messages of the console since the last call, each with its level.
    pub fn console(&self) -> Vec<String> {
        let entries = self.send("POST", "/se/log", &json!({"type": "browser"}));
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| format!("{}: {}", entry["level"], entry["message"])).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A polite end lets Chromium take its helpers along; whoever stays is killed with the scratch.
        let _ended_otherwise = self.try_send("DELETE", "", &Value::Null);
        self.scratch.end_processes();
        let _reaped_already = self.driver.wait();
    }
}
