-- What the release being written has against the one before it, attached as `before`.

INSERT INTO change

SELECT 'new_indicator' AS kind, i.indicator_id, i.title, NULL AS period, NULL AS figures
FROM indicator AS i
WHERE i.indicator_id NOT IN (SELECT indicator_id FROM before.indicator)

UNION ALL

SELECT 'lost_indicator', b.indicator_id, b.title, NULL, NULL
FROM before.indicator AS b
WHERE b.indicator_id NOT IN (SELECT indicator_id FROM indicator)

UNION ALL

SELECT 'new_period', n.indicator_id, i.title, n.period, COUNT(n.value)
FROM comparison AS n
JOIN indicator AS i ON i.indicator_id = n.indicator_id
JOIN before.indicator AS b ON b.indicator_id = n.indicator_id
WHERE NOT EXISTS (
    SELECT 1
    FROM before.comparison AS o
    WHERE o.indicator_id = n.indicator_id AND o.period = n.period AND o.value IS NOT NULL
)
GROUP BY n.indicator_id, i.title, n.period
HAVING COUNT(n.value) > 0

UNION ALL

SELECT 'revised', n.indicator_id, i.title, n.period, COUNT(*)
FROM comparison AS n
JOIN before.comparison AS o
    ON o.indicator_id = n.indicator_id AND o.area_code = n.area_code AND o.period = n.period
JOIN indicator AS i ON i.indicator_id = n.indicator_id
WHERE
    n.value IS DISTINCT FROM o.value
    AND EXISTS (
        SELECT 1
        FROM before.comparison AS p
        WHERE p.indicator_id = n.indicator_id AND p.period = n.period AND p.value IS NOT NULL
    )
GROUP BY n.indicator_id, i.title, n.period

UNION ALL

SELECT 'lost_figures', o.indicator_id, i.title, o.period, COUNT(*)
FROM before.comparison AS o
JOIN indicator AS i ON i.indicator_id = o.indicator_id
WHERE
    o.value IS NOT NULL
    AND NOT EXISTS (
        SELECT 1
        FROM comparison AS n
        WHERE n.indicator_id = o.indicator_id AND n.area_code = o.area_code AND n.period = o.period
    )
GROUP BY o.indicator_id, i.title, o.period
