// The Classic pages' script: links go up to the shell, and boxes tick what they depend on.
// It never fires a change event for a box that it ticks itself, as the real page does not.
(() => {
  const framed = window !== window.top;
  const go = (href) => {
    if (framed) window.parent.postMessage({ type: "srcUp", address: href }, "*");
    else location.href = href;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-href]");
    if (button) return go(button.dataset.href);
    const link = event.target.closest("a[href^='/']");
    if (link && framed && !event.defaultPrevented) {
      event.preventDefault();
      go(link.getAttribute("href"));
    }
  });
  const needs = {
    ModifyAllData: ["ViewAllData", "ViewSetup", "RunReports"],
    ViewAllData: ["ViewSetup", "ViewEventLogFiles", "ViewPublicDashboards", "ViewPublicReports"],
    ManageUsers: ["ResetPasswords", "ViewAllUsers", "FreezeUsers", "ManageProfilesPermissionsets", "AssignPermissionSets", "ManageRoles", "ViewSetup"],
    AuthorApex: ["ViewSetup", "ModifyMetadata"],
    CustomizeApplication: ["ViewSetup", "ManageCustomPermissions"],
  };
  const box = (name) => document.querySelector(`input[title="${name}"][id$=":userPerm"]`);
  document.addEventListener("click", (event) => {
    const name = event.target.title;
    if (!event.target.checked || !needs[name]) return;
    const tick = (n) => (needs[n] || []).forEach((m) => { const b = box(m); if (b && !b.checked) { b.checked = true; tick(m); } });
    tick(name);
  });
})();
