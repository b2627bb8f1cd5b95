//! Any bytes as a configuration file: reading them must end in a configuration or in a refusal that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use provost_config::resolve::{ConfigFile, Request, load};
use provost_config::system::FakeSystem;

fuzz_target!(|bytes: &[u8]| {
    let mut system = FakeSystem::default();
    system.add_file("/d/s.conf", bytes);
    // The same bytes again as what the first file may include.
    system.add_file("/d/i.ini", bytes);
    let request = Request { file: ConfigFile::Given("/d/s.conf".to_owned()), overrides: Default::default() };
    match load(&request, &system) {
        Ok(loaded) => {
            let again = load(&loaded.again, &system).expect("what was accepted once is accepted again");
            assert_eq!(again.config, loaded.config);
            for warning in &loaded.warnings {
                assert!(!warning.to_string().is_empty());
            }
        }
        Err(failure) => assert!(failure.render().starts_with("Error: ")),
    }
});
