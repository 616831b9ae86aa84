-- What one release changes against another, cell by cell and place by place.
-- Each query has its name in the line before it; indicators/impact.py keeps the result of each as a
-- table of that name, in this order, so that later ones may read earlier ones.
-- Portable SQL. Reads, for both releases, old_ and new_ area, indicator, observation, comparison,
-- neighbour, source_file, finding, signal, inspection; chosen (area_code: whose figures are asked for) and threshold (basis,
-- england, region, neighbours: how many places count as a move); choice (everyone: true where no
-- authority was chosen).
-- An old value is given only beside a new one: what a publisher has withdrawn is not repeated.

-- query: label
SELECT
    COALESCE(n.indicator_id, o.indicator_id) AS indicator_id,
    COALESCE(n.title, o.title) AS title,
    COALESCE(n.headline, o.headline) AS headline,
    COALESCE(n.unit, o.unit) AS unit,
    COALESCE(n.decimals, o.decimals) AS decimals,
    COALESCE(n.polarity, o.polarity) AS polarity,
    COALESCE(n.publisher_bands, o.publisher_bands) AS publisher_bands,
    CASE WHEN COALESCE(n.headline, o.headline) THEN 0 ELSE 1 END AS headline_order,
    COALESCE(n.domain_order, o.domain_order) AS domain_order,
    COALESCE(n.indicator_order, o.indicator_order) AS indicator_order,
    n.indicator_id IS NOT NULL AS is_new,
    o.indicator_id IS NOT NULL AS is_old
FROM new_indicator AS n
FULL OUTER JOIN old_indicator AS o ON o.indicator_id = n.indicator_id

-- query: place
SELECT
    COALESCE(n.area_code, o.area_code) AS area_code,
    COALESCE(n.name, o.name) AS area,
    COALESCE(n.area_level, o.area_level) AS area_level,
    COALESCE(n.region, o.region) AS region
FROM new_area AS n
FULL OUTER JOIN old_area AS o ON o.area_code = n.area_code

-- query: old_period
SELECT indicator_id, period, MAX(period_end) AS period_end
FROM old_comparison
WHERE value IS NOT NULL
GROUP BY indicator_id, period

-- query: new_period
SELECT indicator_id, period, MAX(period_end) AS period_end
FROM new_comparison
WHERE value IS NOT NULL
GROUP BY indicator_id, period

-- query: cell
SELECT
    d.*,
    CASE
        WHEN d.new_status IS NULL THEN 'lost'
        WHEN d.old_status IS NULL AND k.period IS NULL THEN 'added'
        WHEN d.new_status = 'suppressed' AND d.old_status IS DISTINCT FROM 'suppressed'
            THEN 'suppression_came'
        WHEN d.old_status = 'suppressed' AND d.new_status <> 'suppressed' THEN 'suppression_went'
        WHEN d.old_status IS NULL THEN 'added'
        WHEN d.old_status <> d.new_status THEN 'other_status'
        WHEN d.old_value IS DISTINCT FROM d.new_value THEN 'revised'
        WHEN d.counts_differ THEN 'counts'
        ELSE 'provisional'
    END AS kind,
    k.period IS NOT NULL AS in_old_period,
    p.period IS NOT NULL AS in_new_period
FROM (
    SELECT
        COALESCE(n.indicator_id, o.indicator_id) AS indicator_id,
        COALESCE(n.area_code, o.area_code) AS area_code,
        COALESCE(n.period, o.period) AS period,
        COALESCE(n.period_end, o.period_end) AS period_end,
        o.status AS old_status,
        n.status AS new_status,
        CASE WHEN n.value IS NOT NULL THEN o.value END AS old_value,
        n.value AS new_value,
        o.provisional AS old_provisional,
        n.provisional AS new_provisional,
        o.numerator IS DISTINCT FROM n.numerator OR o.denominator IS DISTINCT FROM n.denominator
            AS counts_differ
    FROM new_observation AS n
    FULL OUTER JOIN old_observation AS o
        ON o.indicator_id = n.indicator_id AND o.area_code = n.area_code AND o.period = n.period
    WHERE
        o.status IS DISTINCT FROM n.status
        OR o.value IS DISTINCT FROM n.value
        OR o.numerator IS DISTINCT FROM n.numerator
        OR o.denominator IS DISTINCT FROM n.denominator
        OR o.provisional IS DISTINCT FROM n.provisional
) AS d
LEFT JOIN old_period AS k ON k.indicator_id = d.indicator_id AND k.period = d.period
LEFT JOIN new_period AS p ON p.indicator_id = d.indicator_id AND p.period = d.period

-- query: chosen_cell
SELECT c.*, p.area, p.area_level, p.region, l.title, l.headline, l.unit, l.decimals, l.polarity,
    l.headline_order, l.domain_order, l.indicator_order, l.is_new, l.is_old
FROM cell AS c
JOIN chosen AS x ON x.area_code = c.area_code
JOIN place AS p ON p.area_code = c.area_code
JOIN label AS l ON l.indicator_id = c.indicator_id

-- query: new_indicators
SELECT l.indicator_id, l.title, l.headline, COUNT(DISTINCT c.period) AS periods,
    COUNT(DISTINCT CASE WHEN p.area_level = 'authority' AND c.new_value IS NOT NULL
        THEN c.area_code END) AS authorities
FROM label AS l
LEFT JOIN cell AS c ON c.indicator_id = l.indicator_id
LEFT JOIN place AS p ON p.area_code = c.area_code
WHERE NOT l.is_old
GROUP BY l.indicator_id, l.title, l.headline, l.headline_order, l.domain_order, l.indicator_order
ORDER BY l.headline_order, l.domain_order, l.indicator_order, l.indicator_id

-- query: lost_indicators
SELECT l.indicator_id, l.title, l.headline, COUNT(DISTINCT c.period) AS periods
FROM label AS l
LEFT JOIN cell AS c ON c.indicator_id = l.indicator_id
WHERE NOT l.is_new
GROUP BY l.indicator_id, l.title, l.headline, l.headline_order, l.domain_order, l.indicator_order
ORDER BY l.headline_order, l.domain_order, l.indicator_order, l.indicator_id

-- query: new_periods
SELECT indicator_id, title, headline, period,
    COUNT(new_value) AS authorities,
    SUM(CASE WHEN new_status = 'suppressed' THEN 1 ELSE 0 END) AS suppressed,
    SUM(CASE WHEN new_provisional AND new_value IS NOT NULL THEN 1 ELSE 0 END) AS provisional,
    MIN(CASE WHEN new_value IS NOT NULL THEN area END) AS area
FROM chosen_cell
WHERE is_old AND is_new AND area_level = 'authority' AND in_new_period AND NOT in_old_period
    AND new_status IS NOT NULL
GROUP BY indicator_id, title, headline, headline_order, domain_order, indicator_order, period,
    period_end
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period

-- query: lost_periods
SELECT indicator_id, title, headline, period, COUNT(*) AS authorities, MIN(area) AS area
FROM chosen_cell
WHERE is_old AND is_new AND area_level = 'authority' AND in_old_period AND NOT in_new_period
    AND old_status = 'reported'
GROUP BY indicator_id, title, headline, headline_order, domain_order, indicator_order, period,
    period_end
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period

-- query: changed_indicators
SELECT l.indicator_id, l.title, l.headline,
    CONCAT_WS(', ',
        CASE WHEN n.title IS DISTINCT FROM o.title THEN 'title' END,
        CASE WHEN n.domain IS DISTINCT FROM o.domain THEN 'domain' END,
        CASE WHEN n.topic IS DISTINCT FROM o.topic THEN 'topic' END,
        CASE WHEN n.unit IS DISTINCT FROM o.unit THEN 'unit' END,
        CASE WHEN n.polarity IS DISTINCT FROM o.polarity THEN 'polarity' END,
        CASE WHEN n.decimals IS DISTINCT FROM o.decimals THEN 'decimals' END,
        CASE WHEN n.numerator_label IS DISTINCT FROM o.numerator_label THEN 'numerator' END,
        CASE WHEN n.denominator_label IS DISTINCT FROM o.denominator_label THEN 'denominator' END,
        CASE WHEN n.definition IS DISTINCT FROM o.definition THEN 'definition' END,
        CASE WHEN n.methodology IS DISTINCT FROM o.methodology THEN 'methodology' END,
        CASE WHEN n.caveats IS DISTINCT FROM o.caveats THEN 'caveats' END,
        CASE WHEN n.headline IS DISTINCT FROM o.headline THEN 'headline' END,
        CASE WHEN n.interval_method IS DISTINCT FROM o.interval_method THEN 'interval' END,
        CASE WHEN n.timing IS DISTINCT FROM o.timing THEN 'timing' END,
        CASE WHEN n.publisher_bands IS DISTINCT FROM o.publisher_bands THEN 'quartile bands' END,
        CASE WHEN n.source_id IS DISTINCT FROM o.source_id THEN 'source' END
    ) AS fields
FROM new_indicator AS n
JOIN old_indicator AS o ON o.indicator_id = n.indicator_id
JOIN label AS l ON l.indicator_id = n.indicator_id
WHERE n.title IS DISTINCT FROM o.title
    OR n.domain IS DISTINCT FROM o.domain
    OR n.topic IS DISTINCT FROM o.topic
    OR n.unit IS DISTINCT FROM o.unit
    OR n.polarity IS DISTINCT FROM o.polarity
    OR n.decimals IS DISTINCT FROM o.decimals
    OR n.numerator_label IS DISTINCT FROM o.numerator_label
    OR n.denominator_label IS DISTINCT FROM o.denominator_label
    OR n.definition IS DISTINCT FROM o.definition
    OR n.methodology IS DISTINCT FROM o.methodology
    OR n.caveats IS DISTINCT FROM o.caveats
    OR n.headline IS DISTINCT FROM o.headline
    OR n.interval_method IS DISTINCT FROM o.interval_method
    OR n.timing IS DISTINCT FROM o.timing
    OR n.publisher_bands IS DISTINCT FROM o.publisher_bands
    OR n.source_id IS DISTINCT FROM o.source_id
ORDER BY l.headline_order, l.domain_order, l.indicator_order, l.indicator_id

-- query: areas
SELECT p.area_code, p.area,
    o.name AS old_name, n.name AS new_name,
    o.region AS old_region, n.region AS new_region,
    o.valid_to AS old_valid_to, n.valid_to AS new_valid_to
FROM place AS p
JOIN chosen AS x ON x.area_code = p.area_code
LEFT JOIN new_area AS n ON n.area_code = p.area_code
LEFT JOIN old_area AS o ON o.area_code = p.area_code
WHERE n.name IS DISTINCT FROM o.name
    OR n.region IS DISTINCT FROM o.region
    OR n.valid_to IS DISTINCT FROM o.valid_to
    OR n.gss_code IS DISTINCT FROM o.gss_code
ORDER BY p.area, p.area_code

-- query: neighbours
-- Of the newest model, whichever it is in each release, and of every other that both have.
WITH newest AS (
    SELECT
        (SELECT MAX(model) FROM new_neighbour) AS new_model,
        (SELECT MAX(model) FROM old_neighbour) AS old_model
),

new_side AS (
    SELECT n.*, CASE WHEN n.model = w.new_model THEN 'newest' ELSE n.model END AS basis
    FROM new_neighbour AS n
    CROSS JOIN newest AS w
    WHERE n.model = w.new_model OR n.model IS DISTINCT FROM w.old_model
),

old_side AS (
    SELECT o.*, CASE WHEN o.model = w.old_model THEN 'newest' ELSE o.model END AS basis
    FROM old_neighbour AS o
    CROSS JOIN newest AS w
    WHERE o.model = w.old_model OR o.model IS DISTINCT FROM w.new_model
)

SELECT p.area_code, p.area, MAX(n.model) AS new_model, MAX(o.model) AS old_model,
    COUNT(n.neighbour_code) AS neighbours,
    SUM(CASE WHEN o.neighbour_code IS NULL THEN 1 ELSE 0 END) AS came,
    SUM(CASE WHEN n.neighbour_code IS NULL THEN 1 ELSE 0 END) AS went,
    SUM(CASE WHEN n.closeness <> o.closeness THEN 1 ELSE 0 END) AS nearer_or_further,
    SUM(CASE WHEN n.position <> o.position THEN 1 ELSE 0 END) AS moved
FROM new_side AS n
FULL OUTER JOIN old_side AS o
    ON o.basis = n.basis AND o.area_code = n.area_code AND o.neighbour_code = n.neighbour_code
JOIN place AS p ON p.area_code = COALESCE(n.area_code, o.area_code)
JOIN chosen AS x ON x.area_code = p.area_code
GROUP BY p.area_code, p.area, COALESCE(n.basis, o.basis)
HAVING
    SUM(
        CASE
            WHEN o.neighbour_code IS NULL OR n.neighbour_code IS NULL THEN 1
            WHEN n.closeness <> o.closeness OR n.position <> o.position THEN 1
            ELSE 0
        END
    ) > 0
ORDER BY p.area, p.area_code, COALESCE(n.basis, o.basis) DESC

-- query: files
-- Files are for everyone: where authorities are chosen, nothing is told of them.
SELECT
    COALESCE(n.file_name, o.file_name) AS file_name,
    COALESCE(n.publication, o.publication) AS publication,
    o.sha256 IS NOT NULL AS was_there,
    n.sha256 IS NOT NULL AS is_there,
    o.rows AS old_rows,
    n.rows AS new_rows
FROM new_source_file AS n
FULL OUTER JOIN old_source_file AS o ON o.file_name = n.file_name
WHERE n.sha256 IS DISTINCT FROM o.sha256 AND (SELECT MIN(everyone) FROM choice)
ORDER BY publication, file_name

-- query: spread
SELECT n.indicator_id, n.period, STDDEV_POP(n.value) AS spread
FROM new_comparison AS n
JOIN (
    SELECT DISTINCT indicator_id, period FROM chosen_cell
    WHERE kind = 'revised' AND unit <> 'grade'
) AS r ON r.indicator_id = n.indicator_id AND r.period = n.period
GROUP BY n.indicator_id, n.period

-- query: revised
SELECT c.indicator_id, c.title, c.headline, c.area_code, c.area, c.area_level, c.period,
    c.period_end, c.unit, c.decimals, c.headline_order, c.domain_order, c.indicator_order,
    c.old_value, c.new_value, c.new_value - c.old_value AS difference,
    CASE WHEN s.spread > 0 THEN ABS(c.new_value - c.old_value) / s.spread END AS spreads
FROM chosen_cell AS c
LEFT JOIN spread AS s ON s.indicator_id = c.indicator_id AND s.period = c.period
WHERE c.kind = 'revised'
ORDER BY c.headline_order, spreads DESC NULLS LAST, c.domain_order, c.indicator_order,
    c.indicator_id, c.period_end DESC, c.period, c.area, c.area_code

-- query: revisions
SELECT indicator_id, title, headline, period, unit, decimals,
    COUNT(*) AS figures,
    SUM(CASE WHEN difference > 0 THEN 1 ELSE 0 END) AS higher,
    SUM(CASE WHEN difference < 0 THEN 1 ELSE 0 END) AS lower,
    MAX(CASE WHEN place = 1 THEN area END) AS area,
    MAX(CASE WHEN place = 1 THEN old_value END) AS old_value,
    MAX(CASE WHEN place = 1 THEN new_value END) AS new_value
FROM (
    SELECT *, ROW_NUMBER() OVER (
        PARTITION BY indicator_id, period ORDER BY ABS(difference) DESC, area_code
    ) AS place
    FROM revised
) AS r
GROUP BY indicator_id, title, headline, headline_order, domain_order, indicator_order, period,
    period_end, unit, decimals
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period

-- query: suppression_came
SELECT indicator_id, title, headline, area_code, area, area_level, period, old_status, new_status
FROM chosen_cell
WHERE kind = 'suppression_came'
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period,
    area, area_code

-- query: suppression_went
SELECT indicator_id, title, headline, area_code, area, area_level, period, unit, decimals,
    old_status, new_status, new_value
FROM chosen_cell
WHERE kind = 'suppression_went'
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period,
    area, area_code

-- query: other_statuses
SELECT indicator_id, title, headline, area_code, area, area_level, period, unit, decimals,
    old_status, new_status, new_value
FROM chosen_cell
WHERE kind = 'other_status'
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period,
    area, area_code

-- query: added_figures
SELECT indicator_id, title, headline, area_code, area, area_level, period, unit, decimals,
    new_status, new_value
FROM chosen_cell
WHERE kind = 'added' AND in_old_period
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period,
    area, area_code

-- query: lost_figures
SELECT indicator_id, title, headline, area_code, area, area_level, period, old_status
FROM chosen_cell
WHERE kind = 'lost' AND in_new_period
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period,
    area, area_code

-- query: revised_counts
SELECT indicator_id, title, headline, period, COUNT(*) AS figures
FROM chosen_cell
WHERE kind = 'counts'
GROUP BY indicator_id, title, headline, headline_order, domain_order, indicator_order, period,
    period_end
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period

-- query: provisional
SELECT indicator_id, title, headline, period, new_provisional AS is_provisional,
    COUNT(*) AS figures
FROM chosen_cell
WHERE old_status IS NOT NULL AND new_status IS NOT NULL AND old_provisional <> new_provisional
GROUP BY indicator_id, title, headline, headline_order, domain_order, indicator_order, period,
    period_end, new_provisional
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period,
    new_provisional

-- query: pair
-- Both releases' figures of the latest period that they share; and, where the newer release has a
-- later one, each release's own latest.
WITH shared AS (
    SELECT
        n.indicator_id, n.period,
        ROW_NUMBER() OVER (
            PARTITION BY n.indicator_id ORDER BY n.period_end DESC, n.period DESC
        ) AS newness
    FROM new_period AS n
    JOIN old_period AS o ON o.indicator_id = n.indicator_id AND o.period = n.period
),

latest_old AS (
    SELECT
        indicator_id, period, period_end,
        ROW_NUMBER() OVER (
            PARTITION BY indicator_id ORDER BY period_end DESC, period DESC
        ) AS newness
    FROM old_period
),

latest_new AS (
    SELECT
        indicator_id, period, period_end,
        ROW_NUMBER() OVER (
            PARTITION BY indicator_id ORDER BY period_end DESC, period DESC
        ) AS newness
    FROM new_period
)

SELECT 'same_period' AS basis, indicator_id, period AS old_period, period AS new_period
FROM shared
WHERE newness = 1

UNION ALL

SELECT 'new_period', n.indicator_id, o.period, n.period
FROM latest_new AS n
JOIN latest_old AS o ON o.indicator_id = n.indicator_id AND o.newness = 1
WHERE n.newness = 1 AND n.period_end > o.period_end

-- query: moved
-- Only where the newer release, too, has the figure that was served: the place of one that has been
-- withdrawn is not repeated either. A grade has no place: many authorities share each.
SELECT
    b.basis, l.indicator_id, l.title, l.headline, p.area_code, p.area, c.area AS country,
    b.old_period, b.new_period AS period, l.unit, l.decimals, l.polarity,
    l.headline_order, l.domain_order, l.indicator_order,
    o.value AS old_value, n.value AS new_value,
    o.rank_england AS old_rank_england, n.rank_england AS new_rank_england,
    n.n_england, o.n_england AS old_n_england,
    o.rank_region AS old_rank_region, n.rank_region AS new_rank_region,
    n.n_region, o.n_region AS old_n_region,
    o.rank_neighbours AS old_rank_neighbours, n.rank_neighbours AS new_rank_neighbours,
    n.n_neighbours, o.n_neighbours AS old_n_neighbours,
    o.quartile_band AS old_band, n.quartile_band AS new_band,
    o.vs_england AS old_verdict, n.vs_england AS new_verdict,
    COALESCE(l.unit <> 'grade' AND ABS(n.rank_england - o.rank_england) >= t.england, FALSE)
        AS moved_england,
    COALESCE(l.unit <> 'grade' AND ABS(n.rank_region - o.rank_region) >= t.region, FALSE)
        AS moved_region,
    COALESCE(
        l.unit <> 'grade' AND ABS(n.rank_neighbours - o.rank_neighbours) >= t.neighbours, FALSE
    ) AS moved_neighbours,
    l.publisher_bands AND n.quartile_band IS DISTINCT FROM o.quartile_band AS flipped_band,
    n.vs_england IS DISTINCT FROM o.vs_england AS flipped_verdict
FROM pair AS b
JOIN threshold AS t ON t.basis = b.basis
JOIN old_comparison AS o ON o.indicator_id = b.indicator_id AND o.period = b.old_period
JOIN new_comparison AS n
    ON n.indicator_id = b.indicator_id AND n.period = b.new_period AND n.area_code = o.area_code
JOIN new_comparison AS s
    ON s.indicator_id = b.indicator_id AND s.period = b.old_period AND s.area_code = o.area_code
JOIN chosen AS x ON x.area_code = o.area_code
JOIN place AS p ON p.area_code = o.area_code
CROSS JOIN (SELECT MAX(area) AS area FROM place WHERE area_level = 'england') AS c
JOIN label AS l ON l.indicator_id = b.indicator_id
WHERE o.value IS NOT NULL AND n.value IS NOT NULL AND s.value IS NOT NULL

-- query: positions
SELECT *,
    CASE WHEN flipped_band THEN 1 ELSE 0 END + CASE WHEN flipped_verdict THEN 1 ELSE 0 END AS flips
FROM moved
WHERE
    basis = 'same_period'
    AND (moved_england OR moved_region OR moved_neighbours OR flipped_band OR flipped_verdict)
ORDER BY headline_order, flips DESC, domain_order, indicator_order, indicator_id, area, area_code

-- query: latest_positions
SELECT *,
    CASE WHEN flipped_band THEN 1 ELSE 0 END + CASE WHEN flipped_verdict THEN 1 ELSE 0 END AS flips
FROM moved
WHERE
    basis = 'new_period'
    AND (moved_england OR moved_region OR moved_neighbours OR flipped_band OR flipped_verdict)
ORDER BY headline_order, flips DESC, domain_order, indicator_order, indicator_id, area, area_code

-- query: signals
-- The newest of each rule for an authority and an indicator. The words of an old one may hold
-- figures, so they are left out where any of the indicator's has been withdrawn.
WITH withdrawn AS (
    SELECT DISTINCT indicator_id
    FROM cell
    WHERE old_status = 'reported' AND new_status IS DISTINCT FROM 'reported'
),

old_newest AS (
    SELECT
        *,
        ROW_NUMBER() OVER (PARTITION BY area_code, indicator_id, rule ORDER BY period DESC)
            AS newness
    FROM old_signal
),

new_newest AS (
    SELECT
        *,
        ROW_NUMBER() OVER (PARTITION BY area_code, indicator_id, rule ORDER BY period DESC)
            AS newness
    FROM new_signal
),

both_releases AS (
    SELECT
        COALESCE(n.area_code, o.area_code) AS area_code,
        COALESCE(n.indicator_id, o.indicator_id) AS indicator_id,
        COALESCE(n.period, o.period) AS period,
        COALESCE(n.rule, o.rule) AS rule,
        o.rule IS NOT NULL AS was_there,
        n.rule IS NOT NULL AS is_there,
        o.period AS old_period, n.period AS new_period,
        o.kind AS old_kind, n.kind AS new_kind,
        o.sentence AS old_sentence, n.sentence AS new_sentence
    FROM (SELECT * FROM new_newest WHERE newness = 1) AS n
    FULL OUTER JOIN (SELECT * FROM old_newest WHERE newness = 1) AS o
        ON o.area_code = n.area_code AND o.indicator_id = n.indicator_id AND o.rule = n.rule
)

SELECT
    CASE WHEN NOT b.was_there THEN 'came' WHEN NOT b.is_there THEN 'went' ELSE 'changed' END
        AS kind,
    b.area_code, p.area, b.indicator_id, l.title, l.headline, b.period, b.rule,
    b.old_kind, b.new_kind, b.new_sentence,
    CASE WHEN w.indicator_id IS NULL THEN b.old_sentence END AS old_sentence
FROM both_releases AS b
JOIN chosen AS x ON x.area_code = b.area_code
JOIN place AS p ON p.area_code = b.area_code
JOIN label AS l ON l.indicator_id = b.indicator_id
LEFT JOIN withdrawn AS w ON w.indicator_id = b.indicator_id
WHERE
    NOT b.was_there
    OR NOT b.is_there
    OR b.old_kind <> b.new_kind
    OR (b.old_period = b.new_period AND b.old_sentence <> b.new_sentence)
ORDER BY l.headline_order, kind, l.domain_order, l.indicator_order, b.indicator_id, p.area,
    b.area_code, b.rule

-- query: inspections
SELECT
    CASE WHEN o.event IS NULL THEN 'came' WHEN n.event IS NULL THEN 'went' ELSE 'changed' END
        AS kind,
    p.area_code, p.area, COALESCE(n.event, o.event) AS event,
    COALESCE(n.inspected_on, o.inspected_on) AS inspected_on,
    o.overall AS old_overall, n.overall AS new_overall,
    o.leaders AS old_leaders, n.leaders AS new_leaders,
    o.help_protection AS old_help_protection, n.help_protection AS new_help_protection,
    o.care AS old_care, n.care AS new_care,
    o.care_leavers AS old_care_leavers, n.care_leavers AS new_care_leavers
FROM new_inspection AS n
FULL OUTER JOIN old_inspection AS o
    ON o.area_code = n.area_code AND o.framework = n.framework AND o.event = n.event
    AND o.inspected_on = n.inspected_on
JOIN place AS p ON p.area_code = COALESCE(n.area_code, o.area_code)
JOIN chosen AS x ON x.area_code = p.area_code
WHERE
    o.event IS NULL
    OR n.event IS NULL
    OR o.overall IS DISTINCT FROM n.overall
    OR o.leaders IS DISTINCT FROM n.leaders
    OR o.help_protection IS DISTINCT FROM n.help_protection
    OR o.care IS DISTINCT FROM n.care
    OR o.care_leavers IS DISTINCT FROM n.care_leavers
    OR o.published_on IS DISTINCT FROM n.published_on
    OR o.theme IS DISTINCT FROM n.theme
ORDER BY inspected_on DESC, p.area, p.area_code, event

-- query: new_findings
SELECT n.severity, n.check_id, n.file_name, n.indicator_id, l.title, l.headline, n.area_code,
    p.area, n.period, n.message
FROM new_finding AS n
LEFT JOIN label AS l ON l.indicator_id = n.indicator_id
LEFT JOIN place AS p ON p.area_code = n.area_code
WHERE
    ((SELECT MIN(everyone) FROM choice) OR n.area_code IN (SELECT area_code FROM chosen))
    AND NOT EXISTS (
        SELECT 1
        FROM old_finding AS o
        WHERE
            o.check_id = n.check_id
            AND o.severity = n.severity
            AND o.message = n.message
            AND o.indicator_id IS NOT DISTINCT FROM n.indicator_id
            AND o.area_code IS NOT DISTINCT FROM n.area_code
            AND o.period IS NOT DISTINCT FROM n.period
    )
ORDER BY
    CASE n.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, n.check_id, n.file_name,
    n.indicator_id, n.area_code, n.period, n.message

-- query: gone_findings
-- Without their words, which may hold a figure that has been withdrawn.
SELECT o.severity, o.check_id, o.file_name, o.indicator_id, l.title, l.headline, o.area_code,
    p.area, o.period, COUNT(*) AS findings
FROM old_finding AS o
LEFT JOIN label AS l ON l.indicator_id = o.indicator_id
LEFT JOIN place AS p ON p.area_code = o.area_code
WHERE
    ((SELECT MIN(everyone) FROM choice) OR o.area_code IN (SELECT area_code FROM chosen))
    AND NOT EXISTS (
        SELECT 1
        FROM new_finding AS n
        WHERE
            n.check_id = o.check_id
            AND n.severity = o.severity
            AND n.message = o.message
            AND n.indicator_id IS NOT DISTINCT FROM o.indicator_id
            AND n.area_code IS NOT DISTINCT FROM o.area_code
            AND n.period IS NOT DISTINCT FROM o.period
    )
GROUP BY o.severity, o.check_id, o.file_name, o.indicator_id, l.title, l.headline, o.area_code,
    p.area, o.period
ORDER BY
    CASE o.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, o.check_id, o.file_name,
    o.indicator_id, o.area_code, o.period

-- query: new_figures
SELECT indicator_id, title, headline, area_code, area, area_level, period, unit, decimals,
    new_status, new_value
FROM chosen_cell
WHERE kind = 'added' AND NOT in_old_period
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period,
    area, area_code

-- query: gone_figures
SELECT indicator_id, title, headline, area_code, area, area_level, period, old_status
FROM chosen_cell
WHERE kind = 'lost' AND NOT in_new_period
ORDER BY headline_order, domain_order, indicator_order, indicator_id, period_end DESC, period,
    area, area_code
