// Buttons: what a form would do by loading a page is done without leaving this one.

addEventListener("submit", async (event) => {
  const { target: form, submitter: button } = event;
  const isDeed = form.getAttribute("action") === "do" && button && !button.hasAttribute("data-plain");
  if (!isDeed || button.hasAttribute("formaction")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, button));
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    const headers = { Accept: "application/json", "X-Provost-Token": data.token };
    const answer = await fetch("do", { method: "POST", body, headers });
    if (answer.status === 401) throw new Error(words.signed_out);
    if (!answer.ok) throw new Error(words.failed_request);
    const { done, message } = await answer.json();
    if (done && button.hasAttribute("data-leave")) {
      sessionStorage.setItem("told", message);
      location.assign("daemon.html");
      return;
    }
    toast(message, done);
    if (done) find("textarea", form)?.form.reset();
  } catch (error) {
    toast(error instanceof TypeError ? words.failed_request : error.message, false);
  } finally {
    button.removeAttribute("aria-busy");
    button.disabled = document.documentElement.dataset.link === "lost";
  }
});
