# ruff: noqa: E501  (the words of the story are kept whole)
"""A believable year of the demonstration's alliance, as the moves that its people made: invented
words about invented figures. Carried out by `alliance.demonstration.log`.

Days count back from today (`-120` is four months ago); in an answer, `Day(30)` is a day to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Day:
    """A day, counted from today."""

    days: int


@dataclass(frozen=True, slots=True)
class Value:
    """The figure of an authority in an edition, the latest or that of a period; `less` is taken off
    it, for a target."""

    indicator: str
    authority: str
    edition: str = "previous"
    less: float = 0.0
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What an indicator leads on an authority's list of what is worth discussing."""

    authority: str
    indicator: str


Answer = str | Day | Value | Listed | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody makes a move on a day; a fraction of it is the time of day."""

    days: float
    who: str
    move: str
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A figure that was taken into an entry when it was begun."""

    indicator: str
    authority: str
    edition: str = "latest"
    scope: str = "alliance"


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to one entry. `parent` and `about` name other stories by key."""

    key: str
    kind: str
    steps: tuple[Step, ...]
    parent: str | None = None
    about: tuple[tuple[str, str], ...] = ()
    seen: tuple[Seen, ...] = ()


FEN, BROAD, OXEN, SAFFRON, HERON, HARBOUR = "629", "625", "640", "643", "632", "631"
MEMBERS = (FEN, BROAD, OXEN, SAFFRON, HERON, HARBOUR)

CYCLES = (
    Story("last_cycle", "cycle", (
        Step(-330, "t.hale", "open", {
            "title": "Autumn and spring round", "starts_on": Day(-330), "due_on": Day(-150),
            "focus": "Children who come into care, and whether their homes last.",
            "triad_1": (FEN, BROAD, OXEN), "triad_2": (SAFFRON, HERON, HARBOUR)}),
        Step(-148, "t.hale", "end", {
            "note": "Six challenges, four agreed. Two triads met; the summary went to the directors’ "
                    "group. The question for the next round is the workforce."}),
    )),
    Story("this_cycle", "cycle", (
        Step(-60, "t.hale", "open", {
            "title": "Winter round", "starts_on": Day(-60), "due_on": Day(90),
            "focus": "A workforce that stays, and care leavers.",
            "triad_1": (FEN, BROAD, OXEN), "triad_2": (SAFFRON, HERON, HARBOUR)}),
    )),
)  # fmt: skip

CHALLENGES = (
    Story("into_care", "challenge", (
        Step(-300, "j.lister", "raise", {
            "title": "Why do more children come into care in Fenshire each year?",
            "question": "The number of children in Fenshire’s care has risen in every year shown, "
                        "while ours has hardly moved. We have similar places and similar need. Is it "
                        "that more children come in, or that they stay longer? We ask because we "
                        "opened an edge-of-care team in the same year and would like to know whether "
                        "that made the difference.",
            "responders": (FEN,), "audience": "triad", "triad": (OXEN,),
            "indicator_id": "cla_rate", "due_on": Day(-270)}),
        Step(-298, "j.lister", "share"),
        Step(-276, "m.ashby", "respond", {
            "note": "Both, we think. Entries rose after two teams lost their managers; we audited 40 "
                    "entries and in 14 an earlier plan might have kept the family together. Children "
                    "also leave care later, as three courts have a backlog. We have begun a weekly "
                    "panel for every child whose plan may change. We would like to see how your "
                    "edge-of-care team decides whom it takes."}),
        Step(-240, "t.hale", "discuss", {
            "note": "Oxenshire asked whether the audit looked at the same ages as last year’s. It "
                    "did. Broadshire’s team takes families within 48 hours of a strategy meeting.",
            "agreement": "Fenshire opens an edge-of-care team of six by spring, on Broadshire’s "
                         "model. Broadshire lends its manager for a day a week over three months. Both "
                         "look at entries to care, not at the number in care alone."}),
        Step(-238, "j.lister", "agree"),
        Step(-236, "m.ashby", "agree", {"note": "With thanks for the loan of your manager."}),
        Step(-228, "m.ashby", "start", {"due_on": Day(40)}),
    ), seen=(Seen("cla_rate", FEN, "previous"),)),
    Story("agency", "challenge", (
        Step(-290, "k.marsh", "raise", {
            "title": "What would it take to need fewer agency social workers?",
            "question": "Fenshire’s share of agency social workers has more than doubled in five "
                        "years; ours halved. Families tell inspectors that they meet a new social "
                        "worker every few months. What have you tried, and what got in the way?",
            "responders": (FEN,), "audience": "alliance", "indicator_id": "sw_agency",
            "due_on": Day(-262)}),
        Step(-289, "k.marsh", "share"),
        Step(-268, "m.ashby", "respond", {
            "note": "We raised pay for the teams with the most vacancies, and lost people from the "
                    "teams beside them. Exit interviews speak of caseloads and of managers who change. "
                    "Our academy’s first 18 newly qualified workers start in the autumn."}),
        Step(-241, "t.hale", "discuss", {
            "note": "Everyone in the room competes for the same agency workers. Three authorities pay "
                    "above the regional cap.",
            "agreement": "All keep to the regional cap from April. Oxenshire shares its offer to newly "
                         "qualified workers. Fenshire sets itself a target and tells the alliance each "
                         "quarter."}),
        Step(-239, "k.marsh", "agree"),
        Step(-237, "m.ashby", "agree"),
        Step(-225, "k.marsh", "start", {"due_on": Day(-20)}),
        Step(-19, "t.hale", "call_review"),
    ), seen=(Seen("sw_agency", FEN, "previous"),)),
    Story("leavers", "challenge", (
        Step(-310, "j.lister", "raise", {
            "title": "Which care leavers are not in work or learning, and why?",
            "question": "Fewer of Fenshire’s care leavers were in education, employment or training "
                        "than of any of us. Ours meet an adviser in the jobcentre itself.",
            "responders": (FEN,), "audience": "alliance", "indicator_id": "cl_eet_19"}),
        Step(-309, "j.lister", "share"),
        Step(-288, "m.ashby", "respond", {
            "note": "Half of those who are not are parents or ill. For the other half nobody owned "
                    "the question. We have asked the college and the county’s own apprenticeships to "
                    "keep 20 places."}),
        Step(-242, "t.hale", "discuss", {
            "note": "Short: everyone agrees what to do.",
            "agreement": "Fenshire keeps 20 places among the county’s own apprenticeships, and names "
                         "an adviser for each young person at 16."}),
        Step(-240, "j.lister", "agree"),
        Step(-239, "m.ashby", "agree"),
        Step(-230, "m.ashby", "start", {"due_on": Day(-35)}),
        Step(-34, "m.ashby", "call_review"),
        Step(-30, "m.ashby", "propose_closing", {
            "outcome": "improved",
            "finding": "The share in work or learning has risen again, and 17 of the 20 places are "
                       "taken. One more year would tell whether it stays."}),
        Step(-24, "j.lister", "close", {
            "note": "We looked at the list with them. It is real, and the method is worth copying."}),
    ), seen=(Seen("cl_eet_19", FEN, "previous"),)),
    Story("plans", "challenge", (
        Step(-205, "m.ashby", "raise", {
            "title": "Have fewer children needed a plan in Broadshire, or are fewer made?",
            "question": "Broadshire’s rate of children on a child protection plan has fallen by more "
                        "than chance explains. If it is practice, we would like to learn from it.",
            "responders": (BROAD,), "audience": "authorities", "indicator_id": "cpp_rate",
            "due_on": Day(-180)}),
        Step(-203, "m.ashby", "share"),
        Step(-183, "j.lister", "respond", {
            "note": "We checked. For two quarters a change of system closed plans on transfer and "
                    "opened them again without the start date. The children had their visits. Our own "
                    "return of last quarter is right."}),
        Step(-160, "m.ashby", "discuss", {
            "note": "Seen together with both analysts.",
            "agreement": "Broadshire corrects the return, and tells the department."}),
        Step(-159, "m.ashby", "agree"),
        Step(-158, "j.lister", "agree"),
        Step(-157, "j.lister", "start", {"due_on": Day(-100)}),
        Step(-99, "j.lister", "call_review"),
        Step(-98, "j.lister", "propose_closing", {
            "outcome": "data_artefact",
            "finding": "The corrected return shows a small fall, within what chance allows."}),
        Step(-96, "m.ashby", "close"),
    ), seen=(Seen("cpp_rate", BROAD, "latest"),)),
    Story("rereferrals", "challenge", (
        Step(-50, "m.ashby", "raise", {
            "title": "Why do so many families in Oxenshire come back within a year?",
            "question": "More than a quarter of Oxenshire’s referrals are of families who were known "
                        "in the year before. Ours were, until we asked every team what it had closed "
                        "too soon.",
            "responders": (OXEN,), "audience": "triad", "triad": (BROAD,),
            "indicator_id": "rereferral_pct", "due_on": Day(-24)}),
        Step(-49, "m.ashby", "share"),
        Step(-27, "k.marsh", "respond", {
            "note": "It fell last year for the first time. Early help closes at 12 weeks by contract, "
                    "and a third of those families come back. We are changing the contract."}),
    ), seen=(Seen("rereferral_pct", OXEN),)),
    Story("caseload", "challenge", (
        Step(-40, "k.marsh", "raise", {
            "title": "How does Broadshire keep its vacancies so low?",
            "question": "Broadshire’s vacancy rate is less than half of ours. We ask to learn.",
            "responders": (BROAD,), "audience": "alliance", "indicator_id": "sw_vacancy",
            "due_on": Day(-12)}),
        Step(-39, "k.marsh", "share"),
    ), seen=(Seen("sw_vacancy", BROAD),)),
    Story("school", "challenge", (
        Step(-8, "m.ashby", "raise", {
            "title": "How do you keep children in care at the same school?",
            "question": "Draft, to be talked over with our virtual head before it is shared.",
            "responders": (BROAD, OXEN), "audience": "authorities",
            "indicator_id": "cla_mid_year_school_move",
            "evidence_note": "Our virtual head’s report to the corporate parenting board."}),
    )),
    Story("placements", "challenge", (
        Step(-215, "m.ashby", "raise", {
            "title": "What makes children in Oxenshire’s care move so often?",
            "question": "The share with three or more placements rose in two years running.",
            "responders": (OXEN,), "audience": "triad", "triad": (BROAD,),
            "indicator_id": "cla_3plus_placements"}),
        Step(-214, "m.ashby", "share"),
        Step(-190, "k.marsh", "respond", {
            "note": "Small numbers: two families of brothers and sisters make most of the rise."}),
        Step(-165, "t.hale", "discuss", {
            "note": "Fenshire would like an audit; Oxenshire has just had one by inspectors.",
            "agreement": "Oxenshire audits every third move of the last year with Fenshire."}),
        Step(-163, "m.ashby", "agree"),
        Step(-162, "k.marsh", "dispute", {
            "note": "Inspectors audited the same moves in the spring and found no pattern. Doing it "
                    "again takes two managers out of practice for a week. We would rather share that "
                    "report."}),
    ), seen=(Seen("cla_3plus_placements", OXEN, "previous"),)),
    Story("absence", "challenge", (
        Step(-260, "d.wolde", "raise", {
            "title": "Is absence of children in need in Heronshire a question of recording?",
            "question": "Heronshire’s figure stands apart from all of ours.",
            "responders": (HERON,), "audience": "authorities", "indicator_id": "absence_cino"}),
        Step(-259, "d.wolde", "share"),
        Step(-250, "d.wolde", "withdraw", {
            "note": "Robin told me on the telephone that a merger of schools explains it. No need to "
                    "take the meeting’s time."}),
    ), seen=(Seen("absence_cino", HERON, "previous"),)),
    Story("health", "challenge", (
        Step(-280, "a.fenn", "raise", {
            "title": "Why do children in care wait for their health assessment?",
            "question": "In Saffronshire fewer have one in time than in the rest of the alliance.",
            "responders": (SAFFRON,), "audience": "triad", "triad": (HERON,),
            "indicator_id": "cla_health_assess"}),
        Step(-279, "a.fenn", "share"),
        Step(-255, "d.wolde", "respond", {
            "note": "The community trust has had two of its five nurses since summer. It is not in "
                    "our hands alone: we have taken it to the integrated care board."}),
        Step(-200, "a.fenn", "discuss", {
            "note": "All three have the same trust.",
            "agreement": "The three write to the board together, and share the nurses that there are "
                         "by need."}),
        Step(-150, "t.hale", "carry_forward", {
            "note": "The board answers in the new year. To the winter round."}),
    ), seen=(Seen("cla_health_assess", SAFFRON, "previous"),)),
    Story("dental", "challenge", (
        Step(-120, "r.lowe", "raise", {
            "title": "What did Harbourshire do to have more teeth checked?",
            "question": "Harbourshire’s figure has risen while everyone’s fell.",
            "responders": (HARBOUR,), "audience": "alliance", "indicator_id": "cla_dental"}),
        Step(-119, "r.lowe", "share"),
        Step(-100, "a.fenn", "respond", {
            "note": "A van. It stands at the contact centre every second Thursday."}),
        Step(-70, "t.hale", "discuss", {
            "note": "Worth copying; the van is free on the other Thursdays.",
            "agreement": "Heronshire and Saffronshire take a Thursday each from spring."}),
        Step(-69, "r.lowe", "agree"),
        Step(-68, "a.fenn", "agree"),
    ), seen=(Seen("cla_dental", HARBOUR),)),
    Story("proposal", "challenge", (
        Step(-45, "j.lister", "raise", {
            "title": "Can our two front doors answer in the same way?",
            "question": "A family that moves across our border tells its story twice. Our rates of "
                        "referral differ by more than need explains.",
            "responders": (FEN,), "audience": "authorities", "indicator_id": "referral_rate",
            "due_on": Day(-20)}),
        Step(-44, "j.lister", "share"),
        Step(-25, "m.ashby", "respond", {
            "note": "Agreed that it is so. Our thresholds were written in different years. Our "
                    "managers would meet yours."}),
        Step(-6, "j.lister", "discuss", {
            "note": "By telephone, with both heads of service.",
            "agreement": "One shared page on thresholds by Easter; each reads 20 of the other’s "
                         "referrals."}),
        Step(-5, "j.lister", "agree"),
    ), seen=(Seen("referral_rate", FEN),)),
)  # fmt: skip

PRIORITIES = (
    Story("p_leavers", "priority", (
        Step(-235, "m.ashby", "draft", {
            "title": "More care leavers in work or learning",
            "why": "Young people told us that they leave care without anyone who knows what they want "
                   "to become.",
            "indicator_id": "cl_eet_19", "baseline": Value("cl_eet_19", FEN),
            "baseline_period": "2024", "target": Value("cl_eet_19", FEN, less=-6.0),
            "due_on": Day(-30), "owner": "m.ashby", "authorities": (FEN,), "audience": "alliance",
            "lead_member": "Councillor Hollis", "lead_member_on": Day(-232)}),
        Step(-234, "m.ashby", "propose"),
        Step(-230, "m.ashby", "agree"),
        Step(-120, "m.ashby", "review", {
            "note": "17 of 20 places taken. Two young people left theirs and have come back."}),
        Step(-26, "m.ashby", "meet", {
            "result": "The published figure is past the target. We look once more next year, for one "
                      "year proves little."}),
        Step(-18, "m.ashby", "publish", {
            "public_objective": "More young people who leave care are in work or learning",
            "public_done": "The county keeps 20 of its own apprenticeships for young people who leave "
                           "its care, each with a mentor, and every young person has an adviser from "
                           "the age of 16. The college keeps places too.",
            "public_result": "17 of the 20 places were taken in the first year. One year proves "
                             "little: we report again when the next figure is out.",
            "public_sure": "yes"}),
    ), about=(("follows_from", "leavers"),)),
    Story("p_agency", "priority", (
        Step(-232, "m.ashby", "draft", {
            "title": "Families keep the same social worker: fewer agency staff",
            "why": "Inspectors and families say the same: people change too often.",
            "indicator_id": "sw_agency", "baseline": Value("sw_agency", FEN),
            "baseline_period": "2024", "target": Value("sw_agency", FEN, less=5.0),
            "due_on": Day(-15), "owner": "m.ashby", "authorities": (FEN,), "audience": "alliance",
            "lead_member": "Councillor Hollis", "lead_member_on": Day(-231)}),
        Step(-231, "m.ashby", "propose"),
        Step(-229, "m.ashby", "agree"),
        Step(-110, "m.ashby", "review", {
            "note": "Six of the academy’s first 18 have left; vacancies are filled by agencies."}),
        Step(-12, "m.ashby", "miss", {
            "result": "The share rose instead. Pay was not what made people leave: caseloads and "
                      "managers were. We ask Oxenshire for its help with both."}),
        Step(-9, "m.ashby", "publish", {
            "public_objective": "Families keep the same social worker",
            "public_done": "Pay was raised in the teams with the most vacancies, and an academy for newly "
                           "qualified social workers was opened.",
            "public_result": "It did not work as we had hoped. People left because of caseloads and "
                             "changes of manager more than because of pay. Both are what we work on now.",
            "public_sure": "yes"}),
    ), about=(("follows_from", "agency"),)),
    Story("p_care", "priority", (
        Step(-226, "m.ashby", "draft", {
            "title": "Fewer children need to come into care",
            "why": "Children do better at home where home can be made safe, and 77 of every 10,000 is "
                   "far from where neighbours are.",
            "indicator_id": "cla_rate", "baseline": Value("cla_rate", FEN), "baseline_period": "2024",
            "target": Value("cla_rate", FEN, less=8.0), "due_on": Day(480), "owner": "m.ashby",
            "authorities": (FEN,), "audience": "alliance",
            "lead_member": "Councillor Hollis", "lead_member_on": Day(-224)}),
        Step(-225, "m.ashby", "propose"),
        Step(-222, "m.ashby", "agree"),
        Step(-60, "m.ashby", "review", {
            "note": "The team has worked with 41 families; 33 children are still at home. The number "
                    "in care does not show it yet."}),
    ), about=(("follows_from", "into_care"),)),
    Story("p_absence", "priority", (
        Step(-1080, "d.wolde", "draft", {
            "title": "Children in need are in school",
            "why": "One school day in seven was missed. A child who is not in school is not seen.",
            "indicator_id": "absence_cino",
            "baseline": Value("absence_cino", SAFFRON, period="2022/23"),
            "baseline_period": "2022/23",
            "target": Value("absence_cino", SAFFRON, period="2022/23", less=2.0),
            "due_on": Day(300), "owner": "d.wolde", "authorities": (SAFFRON,),
            "audience": "alliance", "lead_member": "Councillor Adeyemi",
            "lead_member_on": Day(-1078)}),
        Step(-1079, "d.wolde", "propose"),
        Step(-1076, "d.wolde", "agree"),
        Step(-400, "d.wolde", "review", {
            "note": "Every team now has a named worker for each school. Headteachers say that they "
                    "hear of a child’s plan within the week."}),
    )),
    Story("p_alliance", "priority", (
        Step(-55, "t.hale", "draft", {
            "title": "A workforce that stays, in all six authorities",
            "why": "We recruit from each other. That moves the gap; it does not close it.",
            "indicator_id": "sw_turnover", "baseline": Value("sw_turnover", FEN, "latest"),
            "baseline_period": "2025", "target": Value("sw_turnover", FEN, "latest", less=2.0),
            "due_on": Day(400), "owner": "k.marsh", "authorities": MEMBERS, "audience": "alliance"}),
        Step(-54, "t.hale", "propose"),
    )),
)  # fmt: skip

ASIDES = (
    Story("w_recording", "aside", (
        Step(-10, "j.lister", "set_aside", {
            "item": Listed(BROAD, "factor_child_sexual_exploitation"),
            "title": "Assessments with child sexual exploitation as a factor",
            "reason": "Our assessment form asks for it in another way since 2023, and in 30 of 30 audited "
                      "assessments the work was done all the same. It is the form that changed.",
            "audience": "alliance"}),
    )),
)  # fmt: skip

MILESTONES = (
    Story("m_team", "milestone", (
        Step(-221, "m.ashby", "add", {
            "title": "The edge-of-care team is complete", "due_on": Day(-130),
            "test": "Six in post, the first ten families taken."}),
        Step(-128, "m.ashby", "decide", {
            "decision": "go_on", "note": "Five in post, 14 families. Go on without waiting."}),
    ), parent="p_care"),
    Story("m_entries", "milestone", (
        Step(-220, "m.ashby", "add", {
            "title": "Fewer come in: entries of two quarters", "due_on": Day(60),
            "test": "Our own quarterly return, against the same quarters of last year."}),
    ), parent="p_care"),
)  # fmt: skip

ACTIONS = (
    Story("a_team", "action", (
        Step(-235, "m.ashby", "add", {
            "title": "Open the edge-of-care team", "owner": "m.ashby", "doing": FEN,
            "due_on": Day(-130)}),
        Step(-180, "m.ashby", "progress", {"note": "Three in post; the manager starts in May."}),
        Step(-132, "m.ashby", "finish", {"note": "Five of six in post, the first families taken."}),
    ), parent="into_care"),
    Story("a_loan", "action", (
        Step(-234, "j.lister", "add", {
            "title": "Lend the manager of our team for a day a week", "owner": "j.lister",
            "doing": BROAD, "due_on": Day(-120)}),
        Step(-118, "j.lister", "finish", {"note": "Eleven days given."}),
    ), parent="into_care"),
    Story("a_entries", "action", (
        Step(-233, "m.ashby", "add", {
            "title": "Tell the triad each quarter how many came in", "owner": "p.nair", "doing": FEN,
            "due_on": Day(20)}),
        Step(-90, "p.nair", "progress", {"note": "Two quarters told, in the returns."}),
    ), parent="into_care"),
    Story("a_cap", "action", (
        Step(-236, "m.ashby", "add", {
            "title": "Keep to the regional pay cap", "owner": "m.ashby", "doing": FEN,
            "due_on": Day(-40)}),
        Step(-60, "m.ashby", "progress", {
            "note": "Kept for new contracts; 19 earlier ones run on until spring."}),
    ), parent="agency"),
    Story("a_offer", "action", (
        Step(-236, "k.marsh", "add", {
            "title": "Share the offer to newly qualified workers", "owner": "k.marsh", "doing": OXEN,
            "due_on": Day(-200)}),
        Step(-205, "k.marsh", "finish", {"note": "Sent, and talked through with three authorities."}),
    ), parent="agency"),
    Story("a_places", "action", (
        Step(-238, "m.ashby", "add", {
            "title": "Keep 20 apprenticeships for care leavers", "owner": "m.ashby", "doing": FEN,
            "due_on": Day(-150)}),
        Step(-152, "m.ashby", "finish", {"note": "Kept, 17 taken."}),
    ), parent="leavers"),
    Story("a_return", "action", (
        Step(-157.9, "j.lister", "add", {
            "title": "Correct the return", "owner": "j.lister", "doing": BROAD,
            "due_on": Day(-110)}),
        Step(-112, "j.lister", "finish", {"note": "Corrected and accepted by the department."}),
    ), parent="plans"),
    Story("a_letter", "action", (
        Step(-222, "m.ashby", "add", {
            "title": "Train the front door on the new pathway", "owner": "p.nair", "doing": FEN,
            "due_on": Day(-100)}),
        Step(-101, "m.ashby", "drop", {
            "note": "Not needed: the pathway is that of the panel, which all teams know."}),
    ), parent="p_care"),
)  # fmt: skip

SUPPORT = (
    Story("s_team", "support", (
        Step(-250, "m.ashby", "ask", {
            "title": "Somebody who has built an edge-of-care team", "support_kind": "coaching",
            "what": "A manager who has done it, for some days, while ours is recruited.",
            "indicator_id": "cla_rate", "audience": "alliance", "asking": FEN}),
        Step(-232, "t.hale", "broker", {
            "asking": FEN, "giving": BROAD, "due_on": Day(-120),
            "note": "Broadshire’s manager, a day a week until summer."}),
        Step(-119, "j.lister", "give", {"note": "Eleven days, two of them with the families."}),
        Step(-105, "m.ashby", "evaluate", {
            "worth": "much",
            "came_of_it": "The team took families from its second week. Without her we would have "
                          "copied the forms and missed the supervision."}),
    ), about=(("helps", "into_care"),)),
    Story("s_workforce", "support", (
        Step(-11, "m.ashby", "ask", {
            "title": "A peer review of how we keep social workers", "support_kind": "peer_review",
            "what": "Three days in spring, with somebody who has halved their vacancies.",
            "indicator_id": "sw_vacancy", "audience": "alliance", "asking": FEN}),
    ), about=(("helps", "agency"),)),
    Story("s_offer", "support", (
        Step(-75, "k.marsh", "offer", {
            "title": "Two days on recruiting newly qualified workers", "support_kind": "practice",
            "what": "Our principal social worker comes to you, with the papers.",
            "indicator_id": "sw_vacancy", "audience": "alliance", "giving": OXEN}),
    )),
    Story("s_dental", "support", (
        Step(-66, "a.fenn", "offer", {
            "title": "The dental van on free Thursdays", "support_kind": "other",
            "what": "Driver and dentist come with it; you need a car park and a list.",
            "indicator_id": "cla_dental", "audience": "alliance", "giving": HARBOUR}),
        Step(-58, "t.hale", "broker", {
            "asking": HERON, "giving": HARBOUR, "note": "From spring, the second Thursday."}),
    )),
)  # fmt: skip

PRACTICE = (
    Story("l_vacancies", "practice", (
        Step(-170, "k.marsh", "draft", {
            "title": "From two vacancies in five to one in seven",
            "done": "A promise of a caseload for the first year, a named practice educator, and a "
                    "start in pairs. Managers’ own supervision each fortnight.",
            "whom": "All newly qualified social workers since 2019, about 30 a year.",
            "result": "The published vacancy rate has fallen in six of eight years. There was no "
                      "comparison: neighbours’ rates rose meanwhile.",
            "strength": "before_after", "indicator_id": "sw_vacancy",
            "contact": "Principal social worker, Oxenshire"}),
        Step(-168, "k.marsh", "share"),
    )),
    Story("l_van", "practice", (
        Step(-95, "a.fenn", "draft", {
            "title": "A dentist who comes to the contact centre",
            "done": "A van of the community dental service every second Thursday, beside family time.",
            "whom": "Every child in our care who missed a check, 140 in the first year.",
            "result": "More teeth checked; staff and carers say that it is the place that matters.",
            "strength": "told", "indicator_id": "cla_dental",
            "contact": "Head of service for children in care, Harbourshire"}),
        Step(-94, "a.fenn", "share"),
    )),
    Story("l_places", "practice", (
        Step(-22, "m.ashby", "draft", {
            "title": "Apprenticeships that are kept for care leavers",
            "done": "Twenty of the county’s own places are kept until summer, with a mentor each.",
            "whom": "Care leavers from 17 to 21 who are not in work or learning.",
            "result": "The share in work or learning rose in three years running.",
            "strength": "before_after", "indicator_id": "cl_eet_19",
            "contact": "Head of the leaving care service, Fenshire"}),
        Step(-20, "m.ashby", "share"),
    ), about=(("comes_from", "p_leavers"),)),
)  # fmt: skip

_FENSHIRE_SAYS = {
    "title": "Autumn and spring round",
    "leaders_know": "A stable team at the top, and three vacancies below it.",
    "leaders_how": "Establishment report, exit interviews of 22 leavers.",
    "leaders_doing": "Heads of service are recruited together.",
    "leaders_grade": "good",
    "protection_know": "Plans are made in time; too many are made twice.",
    "protection_how": "Audit of 30 plans with Broadshire’s conference chairs.",
    "protection_doing": "A step-down meeting before a plan ends.",
    "protection_grade": "requires_improvement",
    "care_know": "More children come in each year and leave later.",
    "care_how": "Published figures, 40 audited entries, the courts’ own figures.",
    "care_doing": "A weekly panel, and an edge-of-care team by spring.",
    "care_grade": "requires_improvement",
    "leavers_know": "Fewer than of any neighbour’s are in work or learning.",
    "leavers_how": "Published figures and a list, name by name.",
    "leavers_doing": "Twenty apprenticeships, an adviser from 16.",
    "leavers_grade": "requires_improvement",
    "strengths": "Social workers who know their children. Early help with schools.",
    "concerns": "Agency staff, entries to care, care leavers.",
    "grade": "requires_improvement",
    "audience": "alliance",
}
_APPROVED: Mapping[str, Answer] = {
    "director_name": "Morgan Ashby", "director_on": Day(-322),
    "chief_name": "Ines Okafor", "chief_on": Day(-321),
    "member_name": "Councillor Hollis", "member_on": Day(-320),
}  # fmt: skip

ASSESSMENTS = (
    Story("e_fen", "assessment", (
        Step(-325, "m.ashby", "draft", _FENSHIRE_SAYS),
        Step(-320, "m.ashby", "approve", _APPROVED),
        Step(-319, "m.ashby", "share"),
        Step(-240, "t.hale", "moderate", {
            "note": "Neighbours find it honest, and the grade for leadership a little high while "
                    "three posts are empty.", "moderated_grade": "requires_improvement"}),
        Step(-200, "m.ashby", "amend", {
            "note": "Two of the three posts are filled since the meeting."}),
    ), about=(("for", "last_cycle"),)),
    Story("e_broad", "assessment", (
        Step(-318, "j.lister", "draft", {
            "title": "Autumn and spring round",
            "care_know": "Entries are flat since the edge-of-care team; homes last.",
            "care_how": "Our quarterly figures, and 25 families who told us.",
            "care_doing": "The team goes on, with a second manager.",
            "care_grade": "good", "strengths": "A workforce that stays.",
            "concerns": "Recording after the change of system.", "grade": "good",
            "audience": "alliance"}),
        Step(-315, "j.lister", "approve", {
            "director_name": "Jo Lister", "director_on": Day(-317),
            "chief_name": "Bram Oyelaran", "chief_on": Day(-316),
            "member_name": "Councillor Tamsin Vale", "member_on": Day(-316)}),
        Step(-314, "j.lister", "share"),
    ), about=(("for", "last_cycle"),)),
    Story("e_fen_now", "assessment", (
        Step(-15, "p.nair", "draft", {
            "title": "Winter round",
            "workforce_know": "A quarter of our social workers are from agencies.",
            "workforce_how": "Published figures; our own of last month.",
            "workforce_doing": "We ask Oxenshire for a peer review.",
            "audience": "alliance"}),
    ), about=(("for", "this_cycle"),)),
)  # fmt: skip

MEETINGS = (
    Story("met", "meeting", (
        Step(-270, "t.hale", "plan", {
            "title": "Fen, Broad and Oxen triad: spring challenge meeting", "due_on": Day(-242),
            "starts_at": "10:00", "ends_at": "12:30", "place": "County hall, Fenshire",
            "owner": "t.hale", "audience": "triad", "triad": (FEN, BROAD, OXEN),
            "attendees": "The three directors with their analysts"}),
        Step(-242, "t.hale", "begin"),
        Step(-241.9, "t.hale", "end", {
            "attended": "Morgan Ashby, Priya Nair (Fenshire); Jo Lister (Broadshire); Kit Marsh "
                        "(Oxenshire); Tom Hale (chair)"}),
        Step(-230, "t.hale", "agree_minutes", {
            "summary": "Three challenges talked through, all agreed. Support arranged for one."}),
        Step(-226, "t.hale", "put_right", {
            "note": "Under “agency”, the cap holds from 1 April, not from 1 March."}),
    ), about=(("in", "last_cycle"),)),
    Story("next", "meeting", (
        Step(-14, "t.hale", "plan", {
            "title": "Fen, Broad and Oxen triad: winter challenge meeting", "due_on": Day(12),
            "starts_at": "10:00", "ends_at": "12:00", "place": "By video", "owner": "t.hale",
            "audience": "triad", "triad": (FEN, BROAD, OXEN),
            "attendees": "The three directors with their analysts"}),
    ), about=(("in", "this_cycle"),)),
)  # fmt: skip

ITEMS = (
    Story("i_care", "item", (
        Step(-250, "t.hale", "list", {
            "title": "Children coming into care in Fenshire", "minutes": "40", "place_in_order": "1",
            "why": "Open since autumn, with a response."}),
        Step(-241.95, "t.hale", "decide", {
            "decision": "Edge-of-care team on Broadshire’s model, with its manager’s help.",
            "discussion": "The audit covers the same ages as last year’s."}),
    ), parent="met", about=(("about", "into_care"),)),
    Story("i_agency", "item", (
        Step(-250, "t.hale", "list", {
            "title": "Agency social workers", "minutes": "40", "place_in_order": "2",
            "why": "All three pay above the cap somewhere."}),
        Step(-241.95, "t.hale", "decide", {
            "decision": "All keep to the regional cap; Oxenshire shares its offer.",
            "discussion": "Nobody wants to be first. All begin on the same day."}),
    ), parent="met", about=(("about", "agency"),)),
    Story("i_other", "item", (
        Step(-250, "t.hale", "list", {
            "title": "Dates of the next round", "minutes": "10", "place_in_order": "3"}),
        Step(-241.92, "t.hale", "leave", {"decision": "To be done by email."}),
    ), parent="met"),
    Story("i_next", "item", (
        Step(-13, "t.hale", "list", {
            "title": "Review: agency social workers", "minutes": "30", "place_in_order": "1",
            "why": "The review is due, and the target was not met."}),
    ), parent="next", about=(("about", "agency"),)),
    Story("i_rereferrals", "item", (
        Step(-13, "t.hale", "list", {
            "title": "Families who come back within a year", "minutes": "30", "place_in_order": "2",
            "why": "Oxenshire has responded."}),
    ), parent="next", about=(("about", "rereferrals"),)),
)  # fmt: skip

STORIES: tuple[Story, ...] = (
    *CYCLES, *ASSESSMENTS, *CHALLENGES, *PRIORITIES, *ASIDES, *MILESTONES, *ACTIONS, *SUPPORT, *PRACTICE,
    *MEETINGS, *ITEMS,
)  # fmt: skip
"""Every story, each after those that it names."""
