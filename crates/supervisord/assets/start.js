// What this page is, and so what it needs.

if (find("#programs")) new Overview();
if (find("#program")) new Program(find("#program"));
findAll(".viewer").forEach((element) => new LogView(element));
followDaemon();
// A message in the address would come back with every reload.
if (location.search.includes("message=")) {
  const address = new URL(location.href);
  address.searchParams.delete("message");
  history.replaceState(null, "", address);
}
