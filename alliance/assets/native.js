/* The browser's own form fields (alliance/components/native.py): they start with a value and then are
   the reader's. A field of another entry, or of another version of it, is a new field. */

(function () {
    "use strict";

    const make = window.React.createElement;
    const OURS = ["id", "name", "type", "className", "inputMode", "autoComplete", "rows"];

    function given(props) {
        const kept = { key: [props.mark, props.id, props.name, props.value].join("|") };
        Object.keys(props).forEach(function (name) {
            if (OURS.includes(name) || name.startsWith("aria-")) { kept[name] = props[name]; }
        });
        kept.defaultValue = props.value;
        return kept;
    }

    function option(choice) {
        return make("option", { key: choice[0], value: choice[0] }, choice[1]);
    }

    function options(choices) {
        const found = [];
        (choices || []).forEach(function (choice) {
            const last = found[found.length - 1];
            if (!choice[2]) {
                found.push(option(choice));
            } else if (last && last.group === choice[2]) {
                last.choices.push(choice);
            } else {
                found.push({ group: choice[2], choices: [choice] });
            }
        });
        return found.map(function (part) {
            return part.group
                ? make("optgroup", { key: part.group, label: part.group }, part.choices.map(option))
                : part;
        });
    }

    window.alliance_native = {
        Input: function (props) {
            const kept = given(props);
            if (props.type === "checkbox" || props.type === "radio") {
                kept.defaultChecked = Boolean(props.checked);
            }
            return make(window.React.Fragment, null, make("input", kept));
        },
        Textarea: function (props) {
            return make(window.React.Fragment, null, make("textarea", given(props)));
        },
        Select: function (props) {
            return make(
                window.React.Fragment, null, make("select", given(props), options(props.options))
            );
        },
    };
})();
