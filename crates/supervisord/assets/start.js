// What this page is, and so what it needs.

if (find("#programs")) new Overview();
if (find("#program")) new Program(find("#program"));
if (find(".viewer")) new LogView(find(".viewer"));
// A page that says how a daemon is which has become another one.
if (find("#power") || find("#mood")) onEvents({ reset: () => location.reload() });
followDaemon();
// What was done on the page before this one.
const told = sessionStorage.getItem("told");
if (told) {
  sessionStorage.removeItem("told");
  toast(told, true);
}
// A message that the address leads to would come back with every reload.
if (location.search.includes("note=")) {
  const address = new URL(location.href);
  address.searchParams.delete("note");
  history.replaceState(null, "", address);
}
