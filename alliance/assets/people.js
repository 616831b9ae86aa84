/* A page whose token the server no longer knows (the browser lost its cookies, the server its key)
   is loaded anew, once: its whole state is in the address. Where that does not help, it says why. */

(function () {
    "use strict";

    const KEY = "alliance-loaded-anew";
    const send = window.fetch;

    function remembered(value) {
        try {
            const before = window.sessionStorage.getItem(KEY);
            if (value) {
                window.sessionStorage.setItem(KEY, value);
            } else {
                window.sessionStorage.removeItem(KEY);
            }
            return before;
        } catch (error) {
            return "no storage";
        }
    }

    function sayWhy() {
        const main = document.createElement("main");
        main.className = "page";
        main.id = "main-content";
        const heading = document.createElement("h1");
        heading.textContent = "This page needs cookies";
        const reason = document.createElement("p");
        reason.textContent = "Your browser keeps none for this site. Allow them, then load the page anew. "
            + "They hold nothing but the page's own token and, once you sign in, your session.";
        main.append(heading, reason);
        document.body.replaceChildren(main);
    }

    window.fetch = function () {
        return send.apply(this, arguments).then(function (response) {
            if (response.headers.get("X-Alliance-Token") === "refused") {
                if (remembered("yes")) {
                    sayWhy();
                } else {
                    window.location.reload();
                }
            } else if (response.ok && response.url.includes("/_dash-update-component")) {
                remembered("");
            }
            return response;
        });
    };
})();
