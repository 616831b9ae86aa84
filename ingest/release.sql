-- The tables of a release: a public contract (docs/release.md). Analysts open the file with any
-- DuckDB client, so a column is only ever added.

CREATE TABLE area (
    area_code VARCHAR PRIMARY KEY,
    area_level VARCHAR NOT NULL,          -- authority, region, england
    name VARCHAR NOT NULL,
    gss_code VARCHAR NOT NULL,
    region_code VARCHAR,                  -- of an authority; London for its boroughs
    region VARCHAR,
    subregion_code VARCHAR,               -- Inner or Outer London
    authority_type VARCHAR,
    valid_from DATE,
    valid_to DATE,
    successor_codes VARCHAR[] NOT NULL
);

CREATE TABLE indicator (
    indicator_id VARCHAR PRIMARY KEY,
    title VARCHAR NOT NULL,
    domain VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,               -- the publisher's own heading
    domain_order INTEGER NOT NULL,
    indicator_order INTEGER NOT NULL,
    unit VARCHAR NOT NULL,
    polarity VARCHAR NOT NULL,            -- high, low, none
    decimals INTEGER NOT NULL,            -- for display; figures are kept as published
    numerator_label VARCHAR NOT NULL,
    denominator_label VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    source_key VARCHAR NOT NULL,
    headline BOOLEAN NOT NULL,
    definition VARCHAR NOT NULL,
    methodology VARCHAR NOT NULL,
    caveats VARCHAR NOT NULL,
    cadence VARCHAR NOT NULL,
    next_update DATE,
    interval_method VARCHAR NOT NULL,     -- wilson, byar, none
    timing VARCHAR NOT NULL,              -- snapshot, year
    publisher_bands BOOLEAN NOT NULL      -- false where the publisher shows no quartile band
);

CREATE TABLE observation (
    indicator_id VARCHAR NOT NULL,
    area_code VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    value DOUBLE,
    numerator DOUBLE,
    denominator DOUBLE,
    status VARCHAR NOT NULL,
    symbol VARCHAR,                       -- the cell as published where it is no number
    provisional BOOLEAN NOT NULL,
    joint_with VARCHAR,                   -- the other authorities of a joint return
    source_file_id VARCHAR NOT NULL,
    source_row INTEGER                    -- where it stands in that file or its sheet, from 1
);

CREATE TABLE comparison (
    indicator_id VARCHAR NOT NULL,
    area_code VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_end DATE NOT NULL,
    value DOUBLE,
    england DOUBLE,                       -- as published
    england_unrounded DOUBLE,             -- from its counts where there are any: for verdicts
    region DOUBLE,
    region_basis VARCHAR,                 -- the area whose published row `region` is
    neighbours_mean DOUBLE,
    neighbours_median DOUBLE,
    neighbours_n INTEGER NOT NULL,        -- neighbours with a value
    rank_england INTEGER,
    n_england INTEGER NOT NULL,
    rank_region INTEGER,
    n_region INTEGER NOT NULL,
    n_equal_region INTEGER,               -- authorities of the region that share this rank
    rank_neighbours INTEGER,              -- among the neighbours and the authority itself
    n_neighbours INTEGER NOT NULL,
    quartile_band VARCHAR,
    change DOUBLE,                        -- since the period a year earlier
    ci95_low DOUBLE,
    ci95_high DOUBLE,
    ci998_low DOUBLE,
    ci998_high DOUBLE,
    vs_england VARCHAR                    -- better, worse, higher, lower, similar
);

CREATE TABLE neighbour (
    model VARCHAR NOT NULL,
    area_code VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    neighbour_code VARCHAR NOT NULL,
    closeness VARCHAR NOT NULL
);

CREATE TABLE inspection (                 -- an inspection of an authority, or a visit to it
    area_code VARCHAR NOT NULL,
    framework VARCHAR NOT NULL,           -- under which it was made: ILACS
    event VARCHAR NOT NULL,               -- kind of inspection or visit, as published
    theme VARCHAR,                        -- what a visit looked at
    inspected_on DATE NOT NULL,           -- the day on which it began
    published_on DATE NOT NULL,           -- the day on which its report came out
    overall VARCHAR,                      -- judgements in the words published; null where not made
    leaders VARCHAR,
    help_protection VARCHAR,
    care VARCHAR,                         -- with care leavers in it before 1 January 2023
    care_leavers VARCHAR,
    source_file_id VARCHAR NOT NULL
);

CREATE TABLE source_file (
    source_file_id VARCHAR PRIMARY KEY,
    source_id VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    bytes BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    last_year INTEGER,                    -- in which its last period ends, where it has periods
    publisher VARCHAR NOT NULL,
    publication VARCHAR NOT NULL,
    licence VARCHAR NOT NULL,
    homepage VARCHAR NOT NULL,
    retrieved_from VARCHAR NOT NULL,
    retrieved_at TIMESTAMP NOT NULL,
    published_on DATE
);

CREATE TABLE row_account (                -- what became of every row of every file that was read
    file_name VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,             -- used, set_aside
    reason VARCHAR,                       -- why rows were set aside
    rows BIGINT NOT NULL
);

CREATE TABLE finding (
    check_id VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    source_file_id VARCHAR,
    file_name VARCHAR,
    "column" VARCHAR,
    indicator_id VARCHAR,
    area_code VARCHAR,
    period VARCHAR,
    message VARCHAR NOT NULL,
    rows VARCHAR                          -- row numbers in the file; its header is row 1
);

CREATE TABLE change (                     -- against the release before this one
    kind VARCHAR NOT NULL,                -- new_indicator, lost_indicator, new_period, revised,
                                          -- lost_figures
    indicator_id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    period VARCHAR,
    figures BIGINT                        -- how many authorities' figures are new, revised or lost
);

CREATE TABLE signal (
    area_code VARCHAR NOT NULL,
    indicator_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
    p_value DOUBLE,
    q_value DOUBLE,
    kind VARCHAR NOT NULL,                -- performance, context, data
    evidence JSON NOT NULL,               -- value, comparator, periods, counts, what the rule saw
    direction VARCHAR,                    -- worse, better, higher, lower; null of the data
    enquiry_id VARCHAR,                   -- the line that lists it; null where none does
    fingerprint VARCHAR                   -- the same as long as the evidence is
);

CREATE TABLE enquiry (                    -- a line of the short list of an authority
    area_code VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    enquiry_id VARCHAR NOT NULL,          -- the authority and what the line is of
    title VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,            -- of its leading signal
    kind VARCHAR NOT NULL,                -- performance, context, data
    domain VARCHAR NOT NULL,
    lead_indicator_id VARCHAR NOT NULL,
    lead_rule VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    n_signals INTEGER NOT NULL,
    fingerprint VARCHAR NOT NULL,         -- of all its signals
    published_on DATE,                    -- the latest of its sources, where that is known
    link_words VARCHAR                    -- why its indicators stand together
);

CREATE TABLE triage (                     -- an authority's tests, and the country's for all of them
    area_code VARCHAR NOT NULL,
    n_tests BIGINT NOT NULL,
    n_signals BIGINT NOT NULL,            -- of them, those that stand out
    n_data BIGINT NOT NULL,               -- notes about the data, which rest on no test
    n_lines INTEGER NOT NULL,             -- lines of enquiry that stand out by a test
    n_listed INTEGER NOT NULL,            -- lines on the list, one about the data among them
    rate DOUBLE NOT NULL,                 -- the false discovery rate that is promised over all lines
    expected_false DOUBLE                 -- of all authorities: lines that may be chance, at most
);

CREATE TABLE release (
    release_id VARCHAR NOT NULL,
    built_at TIMESTAMP NOT NULL,
    built_by VARCHAR NOT NULL,
    tool_version VARCHAR NOT NULL,
    demo BOOLEAN NOT NULL,
    n_observations BIGINT NOT NULL,
    n_indicators INTEGER NOT NULL,
    previous_release_id VARCHAR
);
