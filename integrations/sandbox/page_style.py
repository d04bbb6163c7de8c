"""How the page at the Halo root looks, in light and in dark."""

REFRESH = 10
"""Seconds between two looks."""

STYLE = """
:root{color-scheme:light dark;--ink:#1c2330;--soft:#5b6675;--line:#d9dee6;--card:#fff;--back:#f4f6f9;
--link:#0b5cad;--open:#b3261e;--closed:#2e6b34}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#a2adbb;--line:#343c48;--card:#1d232c;
--back:#14181f;--link:#7cb7ff;--open:#ff8a80;--closed:#81c995}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--back)}
h1{margin:0;font-size:1.5rem}h2{margin:2rem 0 .5rem;font-size:1.2rem}h3{margin:0;font-size:1rem}
header p,.facts{margin:.2rem 0;color:var(--soft);font-size:.875rem}
.counts{font-weight:600}.warn{padding:.5rem 1rem;border:2px solid var(--open);border-radius:.5rem}
a{color:var(--link)}
article{margin:.5rem 0;padding:.75rem 1rem;background:var(--card);border:1px solid var(--line);
border-left:4px solid var(--open);border-radius:.5rem}
article.closed,article.deleted{border-left-color:var(--closed)}
pre{margin:.3rem 0;font:inherit;white-space:pre-wrap;overflow-wrap:anywhere}
ul{margin:.3rem 0;padding-left:1.2rem}nav a{margin-right:1rem}form{margin:.5rem 0}
summary{cursor:pointer;color:var(--soft)}
.badge{padding:0 .5rem;border:1px solid currentColor;border-radius:1rem;font-size:.75rem;font-weight:400;
color:var(--open)}
.badge.closed,.badge.deleted{color:var(--closed)}
.wide{overflow-x:auto}table{width:100%;border-collapse:collapse;background:var(--card);font-size:.875rem}
th,td{padding:.4rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td:first-child,td:nth-child(5){min-width:9rem;overflow-wrap:anywhere}
select{max-width:min(100%,28rem)}select,button{padding:.3rem .6rem;font:inherit}
"""
