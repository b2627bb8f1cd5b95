//! Opening files without being led astray: symbolic links that others may have made are not followed.
//!
//! A daemon that runs as root and opens `/tmp/app.log` for writing opens whatever a stranger has linked there. So a link
//! in a directory that all may write to is followed only if it belongs to root, to the user of this process or to the
//! owner of the directory. Elsewhere only those can have made it whom an administrator has let in, and links of theirs
//! (`current` of a deployment) are followed. This is the rule of `protected_symlinks` of Linux, whether or not that is
//! switched on, and for directories without the sticky bit as well. It holds for every link on the way, also for those
//! that stand for a directory, and it holds at the moment of the opening: each step is made from the descriptor that was
//! looked at.
//!
//! Where no link is on the way, which is nearly always, that is one `openat2(2)`.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, fstat, openat, readlinkat, statat};
use rustix::io::{Errno, retry_on_intr};

/// Symbolic links that are followed in one path, as many as Linux follows.
const MAX_LINKS: usize = 40;

/// A way to look at a file or to go through a directory, for which no rights on the file are needed where the system
/// knows such a way.
#[cfg(target_os = "linux")]
const LOOK: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const LOOK: OFlags = OFlags::NONBLOCK.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A link that is not followed.
#[derive(Debug, thiserror::Error)]
#[error(
    "the symbolic link {} belongs to user {owner}, in a directory that all can write to, and is not followed; let it \
     belong to root (chown -h), or name what it stands for", .name.display()
)]
pub struct ForeignLink {
    /// Its name in its directory.
    pub name: PathBuf,
    /// Whose it is.
    pub owner: u32,
}

/// Opens a file; see the [module](self) for what is special about that.
///
/// # Errors
/// Those of `open(2)`, and [`ForeignLink`] as the source of one that has no number.
pub fn open_trusted(path: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    // `openat2` refuses a mode for a file that is not to be made.
    let mode = if flags.contains(OFlags::CREATE) { mode } else { Mode::empty() };
    match open_without_links(path, flags, mode) {
        // There are links (EACCES: it is `protected_symlinks` that says so), or the system does not know how to tell.
        Err(Errno::LOOP | Errno::ACCESS | Errno::NOSYS | Errno::PERM | Errno::INVAL) => {
            Walk::of(path)?.open(flags, mode)
        }
        opened => Ok(opened?),
    }
}

/// What a link names, if it may be followed.
///
/// # Errors
/// Those of `readlink(2)`, and [`ForeignLink`].
pub fn read_trusted_link(path: &Path) -> io::Result<PathBuf> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or(Errno::INVAL)?;
    let directory =
        retry_on_intr(|| rustix::fs::open(parent, LOOK.difference(OFlags::NOFOLLOW), Mode::empty()))?;
    read_link(directory.as_fd(), name)
}

#[cfg(target_os = "linux")]
fn open_without_links(path: &Path, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    use rustix::fs::{ResolveFlags, openat2};
    retry_on_intr(|| openat2(CWD, path, flags, mode, ResolveFlags::NO_SYMLINKS))
}

#[cfg(not(target_os = "linux"))]
fn open_without_links(_: &Path, _: OFlags, _: Mode) -> Result<OwnedFd, Errno> {
    Err(Errno::NOSYS)
}

/// A way through directories.
struct Walk {
    /// Where it has come to.
    at: OwnedFd,
    /// Names that are still to be gone through.
    ahead: VecDeque<OsString>,
    /// Links that were followed.
    links: usize,
}

impl Walk {
    fn of(path: &Path) -> io::Result<Self> {
        let start = if path.is_absolute() { "/" } else { "." };
        let at = enter(CWD, OsStr::new(start))?;
        Ok(Self { at, ahead: names(path), links: 0 })
    }

    fn open(mut self, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
        loop {
            let name = self.ahead.pop_front().unwrap_or_else(|| ".".into());
            let is_last = self.ahead.is_empty();
            let found =
                if is_last { open_here(&self.at, &name, flags, mode) } else { enter(&self.at, &name) };
            match found {
                Ok(fd) if is_last => return Ok(fd),
                Ok(fd) => self.at = fd,
                // EACCES: no file is made in a sticky directory where a stranger has something of that name.
                Err(Errno::LOOP | Errno::NOTDIR | Errno::ACCESS) if is_link(&self.at, &name) => {
                    if is_last && flags.contains(OFlags::NOFOLLOW) {
                        return Err(Errno::LOOP.into());
                    }
                    self.follow(&name)?;
                }
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    fn follow(&mut self, name: &OsStr) -> io::Result<()> {
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(Errno::LOOP.into());
        }
        let target = read_link(self.at.as_fd(), name)?;
        if target.is_absolute() {
            self.at = enter(CWD, OsStr::new("/"))?;
        }
        for name in names(&target).into_iter().rev() {
            self.ahead.push_front(name);
        }
        Ok(())
    }
}

fn names(path: &Path) -> VecDeque<OsString> {
    let name = |component: Component<'_>| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    };
    path.components().filter_map(name).collect()
}

/// Goes to a directory that is no link, or to what a link of the system's own stands for.
fn enter(at: impl AsFd, name: &OsStr) -> Result<OwnedFd, Errno> {
    let follow = if is_system_made(at.as_fd()) { OFlags::NOFOLLOW } else { OFlags::empty() };
    retry_on_intr(|| openat(&at, name, LOOK.difference(follow) | OFlags::DIRECTORY, Mode::empty()))
}

fn open_here(at: &OwnedFd, name: &OsStr, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    let stay = if is_system_made(at.as_fd()) { OFlags::empty() } else { OFlags::NOFOLLOW };
    retry_on_intr(|| openat(at, name, flags | stay, mode))
}

/// Whether the directory is one of `/proc`, whose links to descriptors lead where no text does, and are nobody's to make.
#[cfg(target_os = "linux")]
fn is_system_made(at: BorrowedFd<'_>) -> bool {
    at.as_raw_fd() != CWD.as_raw_fd()
        && rustix::fs::fstatfs(at).is_ok_and(|found| found.f_type == rustix::fs::PROC_SUPER_MAGIC)
}

#[cfg(not(target_os = "linux"))]
fn is_system_made(_: BorrowedFd<'_>) -> bool {
    false
}

fn is_link(at: &OwnedFd, name: &OsStr) -> bool {
    statat(at, name, AtFlags::SYMLINK_NOFOLLOW).is_ok_and(|found| kind(&found) == FileType::Symlink)
}

fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

/// What the link in that directory names, if it may be followed.
fn read_link(directory: BorrowedFd<'_>, name: &OsStr) -> io::Result<PathBuf> {
    let (owner, target) = look_at_link(directory, name)?;
    let place = fstat(directory)?;
    let is_open_to_all = Mode::from_raw_mode(place.st_mode).contains(Mode::WOTH);
    if is_open_to_all && owner != place.st_uid && !is_trusted(owner) {
        return Err(io::Error::other(ForeignLink { name: name.into(), owner }));
    }
    Ok(target)
}

/// Owner and text of one and the same link, whatever is put in its place meanwhile.
#[cfg(target_os = "linux")]
fn look_at_link(directory: BorrowedFd<'_>, name: &OsStr) -> io::Result<(u32, PathBuf)> {
    let link = retry_on_intr(|| openat(directory, name, LOOK, Mode::empty()))?;
    let target = readlinkat(&link, "", Vec::new())?;
    Ok((fstat(&link)?.st_uid, OsString::from_vec(target.into_bytes()).into()))
}

/// Elsewhere links cannot be opened.
#[cfg(not(target_os = "linux"))]
fn look_at_link(directory: BorrowedFd<'_>, name: &OsStr) -> io::Result<(u32, PathBuf)> {
    let target = readlinkat(directory, name, Vec::new())?;
    let owner = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?.st_uid;
    Ok((owner, OsString::from_vec(target.into_bytes()).into()))
}

/// Root, who may do anything anyway, and this process itself.
fn is_trusted(user: u32) -> bool {
    user == 0 || user == rustix::process::geteuid().as_raw() || may_be_root_outside(user)
}

/// Whether that is what root of the world outside looks like in this user namespace: everybody without a number in here
/// is shown with the same one, root among them unless he is mapped. Files of the system must do in a container.
fn may_be_root_outside(user: u32) -> bool {
    // Elsewhere than on Linux there is neither.
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    read("/proc/sys/kernel/overflowuid").trim().parse() == Ok(user) && !maps_root(&read("/proc/self/uid_map"))
}

/// Whether a user namespace with that map (`first inside, first outside, how many` in each line) has a number for root of
/// the world outside. A system without such maps has one world.
fn maps_root(map: &str) -> bool {
    map.is_empty() || map.lines().any(|line| line.split_ascii_whitespace().nth(1) == Some("0"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, lchown, symlink};

    use tempfile::TempDir;

    use super::*;

    const STRANGER: u32 = 54_321;

    /// Who may write to the directory that a link is in.
    #[derive(Clone, Copy)]
    enum Place {
        Ours(u32),
        Strangers(u32),
    }

    /// A link `way` to the directory `real`, and links to a file in that and to nothing, in a directory of that kind.
    fn laid_out(place: Place, owner: Option<u32>) -> TempDir {
        let directory = TempDir::new().expect("directory");
        let path = |name: &str| directory.path().join(name);
        fs::create_dir(path("real")).expect("directory");
        fs::write(path("real/log"), "").expect("file");
        for (name, target) in [
            ("way", "real"),
            ("link", "real/log"),
            ("dangling", "real/new"),
            ("absolute", &path("real/log").display().to_string()),
            ("again", "./real/../link"),
            ("circle", "circle"),
        ] {
            symlink(target, path(name)).expect("link");
            lchown(path(name), owner, owner).expect("root may do that");
        }
        let mode = match place {
            Place::Ours(mode) => mode,
            Place::Strangers(mode) => {
                lchown(directory.path(), Some(STRANGER), None).expect("root may do that");
                mode
            }
        };
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(mode)).expect("chmod");
        directory
    }

    fn opened(path: &Path) -> io::Result<OwnedFd> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC;
        open_trusted(path, flags, Mode::from_raw_mode(0o600))
    }

    const WITH_LINKS: [&str; 6] = ["link", "dangling", "absolute", "again", "way/log", "way/new/../log"];

    #[track_caller]
    fn check(place: Place, owner: Option<u32>, is_followed: bool) {
        let directory = laid_out(place, owner);
        fs::create_dir(directory.path().join("real/new")).expect("directory");
        for name in WITH_LINKS.into_iter().filter(|name| *name != "dangling") {
            match opened(&directory.path().join(name)) {
                Ok(_) => assert!(is_followed, "{name} was followed"),
                Err(error) => {
                    assert!(!is_followed, "{name}: {error}");
                    let reason = error.get_ref().and_then(|reason| reason.downcast_ref::<ForeignLink>());
                    assert_eq!(reason.map(|link| Some(link.owner)), Some(owner), "{name}: {error}");
                }
            }
        }
    }

    #[test]
    fn own_links_are_followed_wherever_they_are() {
        for mode in [0o755, 0o775, 0o1777] {
            check(Place::Ours(mode), None, true);
        }
    }

    #[test]
    fn links_of_strangers_are_not_followed_where_anybody_could_have_put_them() {
        if !rustix::process::geteuid().is_root() {
            return eprintln!("skipped: only root makes links for others");
        }
        for (place, is_followed) in [
            (Place::Ours(0o755), true),
            (Place::Ours(0o775), true),
            (Place::Ours(0o777), false),
            (Place::Ours(0o1777), false),
            // Somebody's own link in his own directory, as a deployment makes them; and in one that he opened to all.
            (Place::Strangers(0o755), true),
            (Place::Strangers(0o1777), true),
        ] {
            check(place, Some(STRANGER), is_followed);
            check(place, None, true);
        }
        check(Place::Strangers(0o1777), Some(STRANGER + 1), false);
    }

    #[test]
    fn root_has_a_number_in_most_namespaces() {
        for (map, expect) in [
            ("         0          0 4294967295\n", true),
            ("0 0 1\n", true),
            ("5 100 1\n7 0 1\n", true),
            ("", true),
            ("0 1000 1\n", false),
            ("0 1000 1\n1 100000 65536\n", false),
            ("1000 1000 1\n", false),
        ] {
            assert_eq!(maps_root(map), expect, "{map}");
        }
    }

    #[test]
    fn a_mode_is_for_new_files_only() {
        let directory = laid_out(Place::Ours(0o755), None);
        for name in ["real/log", "link"] {
            let opened =
                open_trusted(&directory.path().join(name), OFlags::RDONLY, Mode::from_raw_mode(0o666));
            opened.expect(name);
        }
    }

    #[test]
    fn everything_else_is_as_with_an_ordinary_opening() {
        let directory = laid_out(Place::Ours(0o755), None);
        let path = |name: &str| directory.path().join(name);
        opened(&path("dangling")).expect("made where the link leads");
        assert!(path("real/new").is_file());
        for (name, expect) in [
            ("circle", Errno::LOOP),
            ("way/none/log", Errno::NOENT),
            ("way/log/log", Errno::NOTDIR),
            ("way", Errno::ISDIR),
        ] {
            let error = opened(&path(name)).expect_err(name);
            assert_eq!(error.raw_os_error(), Some(expect.raw_os_error()), "{name}");
        }
        let own = OFlags::WRONLY | OFlags::NOFOLLOW;
        let error = open_trusted(&path("link"), own, Mode::empty()).expect_err("a link");
        assert_eq!(error.raw_os_error(), Some(Errno::LOOP.raw_os_error()));
    }

    /// A directory that has no name any more, and what the system says of this process.
    #[test]
    #[cfg(target_os = "linux")]
    fn links_of_the_system_lead_where_they_should() {
        let directory = TempDir::new().expect("directory");
        let kept = rustix::fs::open(directory.path(), OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
        let kept = kept.expect("open");
        let through = format!("/proc/self/fd/{}/log", kept.as_raw_fd());
        opened(Path::new(&through)).expect("a new file");
        assert!(directory.path().join("log").is_file());
        let file = opened(&directory.path().join("log")).expect("the same file");
        let itself = format!("/proc/self/fd/{}", file.as_raw_fd());
        opened(Path::new(&itself)).expect("a file by its descriptor");
    }

    #[test]
    fn what_a_link_names() {
        let directory = laid_out(Place::Ours(0o755), None);
        let target = |name: &str| read_trusted_link(&directory.path().join(name)).ok();
        assert_eq!(target("way").as_deref(), Some(Path::new("real")));
        assert_eq!(target("real"), None);
        assert_eq!(target("missing"), None);
    }
}
