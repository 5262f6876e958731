// The administrator's policy as a form, what a system's firewall makes of its exceptions, and which ports are open.

/**
 * What the form holds: what the events of a policy carry, who is listed, and a system with the ticks of its exceptions.
 * @typedef {{"new offers": string, "new control": boolean, "new port 3389": string, listed: boolean[], system: string, ticks: boolean[]}} Form
 */

const Policy = (() => {
  /** @returns {Form} */
  const blank = () => ({
    "new offers": "enabled",
    "new control": true,
    "new port 3389": "closed",
    listed: [true, false],
    system: "",
    ticks: [true, true, true],
  });

  /** The system that is chosen. With a mistake there is none: its model leaves out the firewall's port. @param {View} view @param {Form} form */
  const system = (view, form) => (view.x.mistake ? "" : form.system);

  /** What the chosen system makes of the ticks; null where none is chosen. @param {View} view @param {Form} form @returns {Verdict|null} */
  const verdict = (view, form) =>
    system(view, form) ? view.x.packed.right.systems[form.system][form.ticks.map(Number).join("")] : null;

  /** @param {View} view @param {Verdict} verdict */
  const says = (view, { offer, port, missing }) => {
    const parts = [view.ui("system_says", { offer: view.texts.said[offer], port: view.texts.said[port] })];
    if (missing.length) parts.push(view.ui("system_missing", { missing: missing.join(", ") }));
    if (offer === "cannot tell" || port === "cannot tell") parts.push(view.ui("system_unclear"));
    return parts.join(" ");
  };

  /** The policy as it is filled in, and what its exceptions do to the way of offers where a system is chosen.
   * @param {View} view @param {Form} form @returns {Step[]} */
  const steps = (view, form) => {
    const { listed, system, ticks, ...carries } = form;
    const found = verdict(view, form);
    if (found) carries["new port 3389"] = found.open;
    const made = [view.x.step([-1, "policy is applied", carries, listed])];
    if (found && found.through !== view.is("reachable"))
      made.push(view.x.step([-1, found.through ? "firewall opens" : "firewall closes", {}]));
    return made;
  };

  /** @param {View} view @param {Form} form */
  const filled = (view, form) => {
    /** Fill something in. @param {() => void} change */
    const fill = (change) => {
      change();
      view.x.changed();
    };
    /** What a policy can carry, by the rules in use. @param {"new offers"|"new control"|"new port 3389"} name @param {string} label @param {(value: any) => string} words */
    const carried = (name, label, words) => {
      const policies = view.x.machine.events.filter((event) => event.kind === "policy is applied");
      const values = [...new Set(policies.map((event) => event.carries[name]))];
      const chosen = /** @type {Record<string, any>} */ (form);
      if (!values.includes(form[name])) chosen[name] = values[0];
      const options = values.map((value) => /** @type {[any, string]} */ ([value, words(value)]));
      return choice(`policy ${name}`, view.ui(label), options, form[name], (value) =>
        fill(() => (chosen[name] = value)),
      );
    };
    const systems = ["", ...Object.keys(view.x.packed.right.systems)];
    const found = verdict(view, form);
    const offers = carried("new offers", "policy_offers", (value) => view.say.value(value));
    const mode = carried("new control", "policy_mode", (value) => view.ui(value ? "policy_control" : "policy_view"));
    const port = !system(view, form) && carried("new port 3389", "policy_port", (value) => view.say.value(value));
    const [way, off] = [steps(view, form), view.x.over()];
    const broken = view.x.machine.broken(view.x.machine.take(view.state, way[0]));
    return h(
      "div",
      { class: "form" },
      offers,
      mode,
      ...view.say.people.map((person, who) =>
        tick(`policy listed ${who}`, `${person} ${view.ui("policy_listed")}`, form.listed[who], (on) =>
          fill(() => (form.listed[who] = on)),
        ),
      ),
      !view.x.mistake &&
        choice(
          "policy system",
          view.ui("system"),
          systems.map((value) => [value, value || view.ui("no_system")]),
          form.system,
          (value) => fill(() => (form.system = value)),
        ),
      port,
      ...(found ? ["offers", "sessmgr", "desktop"] : []).map((name, at) =>
        tick(`policy tick ${name}`, view.ui(`tick_${name}`), form.ticks[at], (on) => fill(() => (form.ticks[at] = on))),
      ),
      found && h("p", { class: "why", id: "verdict" }, says(view, found)),
      button("policy apply", view.ui("policy_apply"), () => view.x.click("policy apply", ...way), {
        off,
        class:
          view.x.marks && broken.surely.length
            ? "act breaks"
            : view.next && view.next === Share.packed([way[0]])
              ? "act next"
              : "act",
        "data-step": Share.packed(way),
      }),
      view.turned("policy apply"),
    );
  };

  /** Which ports are open. @param {View} view */
  const ports = (view) => {
    const { machine } = view.x;
    const shared = machine.data.shared.findIndex((each) => each.name === "open port");
    const lamp = (/** @type {string} */ name, /** @type {boolean} */ open) =>
      h(
        "li",
        {},
        h("span", { class: open ? "sign good" : "sign plain" }, open ? "●" : "○"),
        ` ${view.ui(name)}: ${view.ui(open ? "open" : "closed")}`,
      );
    return [
      h("h3", {}, view.ui("ports")),
      h(
        "ul",
        { class: "bare" },
        lamp("port_135", view.is("reachable") === true),
        lamp("port_3389", machine.lasts(view.state, shared)),
      ),
    ];
  };

  return { blank, filled, ports };
})();
