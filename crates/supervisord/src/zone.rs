//! The local time zone.
//!
//! Looked up once in the life of the process, as the C library does it for the reference, and where the C library looks:
//! what `TZ` names, else `/etc/localtime`. One file is read; the time zone library's own way would list the whole
//! zone database first, with a hundred system calls and 100 KB of names.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jiff::tz::TimeZone;

/// The zone of a system whose `TZ` says nothing.
const LOCAL_TIME: &str = "/etc/localtime";
/// Where named zones are, unless `TZDIR` says otherwise.
const ZONES: &str = "/usr/share/zoneinfo";

/// The local zone. The first call reads a file; it is made before the planes run.
pub(crate) fn local() -> TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| find(std::env::var_os("TZ").as_deref(), std::env::var_os("TZDIR").as_deref())).clone()
}

/// What `TZ` comes to; what means nothing is UTC.
fn find(name: Option<&OsStr>, directory: Option<&OsStr>) -> TimeZone {
    let Some(name) = name else { return read(Path::new(LOCAL_TIME)).unwrap_or(TimeZone::UTC) };
    let name = name.as_bytes();
    let name = OsStr::from_bytes(name.strip_prefix(b":").unwrap_or(name));
    if name.is_empty() {
        return TimeZone::UTC;
    }
    let directory = directory.filter(|directory| !directory.is_empty()).unwrap_or(OsStr::new(ZONES));
    // A path that is absolute takes the place of the directory.
    let path: PathBuf = [directory, name].iter().collect();
    let by_rule = || TimeZone::posix(name.to_str()?).ok();
    read(&path).or_else(by_rule).unwrap_or(TimeZone::UTC)
}

/// The zone that a file of the zone database describes.
fn read(path: &Path) -> Option<TimeZone> {
    // The name shows nowhere.
    TimeZone::tzif("", &std::fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    /// The beginning of a version 1 file and its only type: east of Greenwich by so many seconds.
    fn fixed(seconds: i32) -> Vec<u8> {
        let counts: [u32; 6] = [0, 0, 0, 0, 1, 4];
        let mut file = b"TZif".to_vec();
        file.extend([0; 16]);
        file.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
        file.extend(seconds.to_be_bytes());
        file.extend([0, 0]);
        file.extend(b"ABC\0");
        file
    }

    #[test]
    fn zones_are_found_where_the_c_library_finds_them() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let zones = directory.path();
        std::fs::create_dir(zones.join("Area")).expect("the directory is writable");
        std::fs::write(zones.join("Area/Place"), fixed(7200)).expect("the directory is writable");
        std::fs::write(zones.join("Broken"), "no zone").expect("the directory is writable");
        let absolute = zones.join("Area/Place");
        let check = |name: &str, expect: i32| {
            let zone = find(Some(OsStr::new(name)), Some(zones.as_os_str()));
            assert_eq!(zone.to_offset(Timestamp::UNIX_EPOCH).seconds(), expect, "{name:?}");
        };
        check("Area/Place", 7200);
        check(":Area/Place", 7200);
        check(absolute.to_str().expect("it is text"), 7200);
        check("EST5EDT,M3.2.0,M11.1.0", -18000);
        check("<+03>-3", 10800);
        check("", 0);
        check(":", 0);
        check("Area", 0);
        check("Area/Elsewhere", 0);
        check("Broken", 0);
    }
}
