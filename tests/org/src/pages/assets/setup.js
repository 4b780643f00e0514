// Ticks the boxes that a ticked one needs, and unticks those that needed an unticked one.
// It never fires a change event for a box that it ticks or unticks itself, as the real page does not.
(() => {
  const form = (box) => box.closest("form[data-dependencies]");
  const byId = (id) => document.getElementById(id);
  const tables = new WeakMap();
  const table = (of) => {
    if (!tables.has(of)) tables.set(of, JSON.parse(of.dataset.dependencies));
    return tables.get(of);
  };
  const follow = (of, id, on) => {
    const needs = table(of);
    const others = on ? needs[id] ?? [] : Object.keys(needs).filter((other) => needs[other].includes(id));
    for (const other of others) {
      const box = byId(other);
      if (!box || box.disabled || box.checked === on) continue;
      box.checked = on;
      follow(of, other, on);
    }
  };
  // Object permissions: each needs these of the same row.
  const NEEDS = { create: ["read"], edit: ["read"], delete: ["read", "edit"], viewAll: ["read"], modifyAll: ["read", "edit", "delete", "viewAll"] };
  const row = (box, permission, on) => {
    const others = on ? NEEDS[permission] ?? [] : Object.keys(NEEDS).filter((other) => NEEDS[other].includes(permission));
    const all = [...document.querySelectorAll("input[data-crud]")].filter((other) => other.dataset.object === box.dataset.object);
    for (const other of others) {
      const target = all.find((candidate) => candidate.dataset.crud === other);
      if (!target || target.disabled || target.checked === on) continue;
      target.checked = on;
      row(target, other, on);
    }
  };
  // The original profile page names this in each box's `onclick`; where a policy forbids that, the listener below does it.
  globalThis.ProfileDependentCheckboxes = { handleClick: (box, entity, permission) => row(box, permission, box.checked), antecedents: NEEDS };
  document.addEventListener("click", ({ target }) => {
    if (target.type !== "checkbox") return;
    if (target.dataset.crud) {
      if (!target.hasAttribute("onclick")) row(target, target.dataset.crud, target.checked);
    } else if (form(target)) follow(form(target), target.id, target.checked);
  });
})();
