/// The style sheet and the patterns of a report.
///
/// The colours have a contrast of at least 4.5:1 as text and 3:1 as marks in both schemes; what they tell is told by a
/// pattern, a shape or a word too.
enum ReportStyle {
  static let sheet: StaticString = """
    :root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--soft:#57606a;--grid:#dde2e8;--axis:#7d8590;--card:#f5f7f9;
    --ok:#2f6db3;--denied:#b3450c;--failed:#646b73;--glass:#1b1f24;--good:#1a6b34;
    --h0:#f3f5f7;--h1:#d6e4f5;--h2:#a9c8ec;--h3:#6ea2da;--h4:#2f6db3;--h5:#12427e;--t1:#1b1f24;--t3:#1b1f24;--t4:#fff}
    @media screen and (prefers-color-scheme:dark){:root{--back:#0f1318;--text:#e6edf3;--soft:#a3adb8;--grid:#2b323b;
    --axis:#7d8590;--card:#181e25;--ok:#6aa9ea;--denied:#f0883e;--failed:#a8b0ba;--glass:#f2cc60;--good:#56d37e;
    --h0:#1a2027;--h1:#17365a;--h2:#1f5289;--h3:#2f70ae;--h4:#7db4ea;--h5:#d3e8ff;--t1:#fff;--t3:#fff;--t4:#0f1318}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:56rem;padding:1rem 1.2rem 3rem;background:var(--back);color:var(--text);
    font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
    h1{font-size:1.7rem;line-height:1.2;margin:.6rem 0}h2{font-size:1.25rem;margin:0 0 .4rem;line-height:1.3}
    section{margin:2.2rem 0 0;padding-top:1.2rem;border-top:1px solid var(--grid)}p{margin:.4rem 0;max-width:46rem}
    a{color:var(--ok)}nav ul{padding:0;margin:.8rem 0;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;list-style:none}
    nav a{display:inline-block;padding:.25rem 0}
    dl.about{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.8rem 0}
    dl.about dt{color:var(--soft)}dl.about dd{margin:0}
    dl.glance{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.6rem,1fr));gap:.6rem;margin:1rem 0}
    dl.glance div{background:var(--card);border:1px solid var(--grid);border-radius:.5rem;padding:.5rem .8rem;
    display:flex;flex-direction:column}
    dl.glance dt{color:var(--soft);font-size:.85rem}dl.glance dd{margin:0;font-size:1.45rem;font-variant-numeric:tabular-nums}
    .verdict{font-weight:600;border-left:.35rem solid var(--axis);padding:.3rem .8rem;background:var(--card)}
    .verdict.good{border-color:var(--good)}.verdict.bad{border-color:var(--denied);color:var(--denied)}
    .soft,figcaption{color:var(--soft);font-size:.9rem}
    figure{margin:1rem 0}figure>svg{display:block;width:100%;height:auto}svg.narrow{display:none}
    figure>svg.wide{max-width:760px}figure>svg.narrow{max-width:420px}
    .legend{list-style:none;margin:.2rem 0 .5rem;padding:0;display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;font-size:.9rem}
    .legend li{display:flex;align-items:center;gap:.4rem}.legend svg{flex:none}
    details{margin:.5rem 0}summary{cursor:pointer;color:var(--ok);padding:.25rem 0}
    .scroll{overflow-x:auto;max-width:100%;position:relative}
    table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;margin:.4rem 0}
    caption{text-align:left;color:var(--soft);padding:.2rem 0}
    .quiet caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    th,td{padding:.25rem .7rem .25rem 0;border-bottom:1px solid var(--grid);text-align:left;vertical-align:top;
    font-weight:400;overflow-wrap:normal}
    thead th{font-weight:600;vertical-align:bottom}.number{text-align:right;white-space:nowrap}.time{white-space:nowrap}
    tbody .words{max-width:22rem;overflow-wrap:anywhere;min-width:6.5rem}
    tr.marked>*{font-weight:700}
    pre{background:var(--card);border:1px solid var(--grid);border-radius:.4rem;padding:.7rem;font-size:.8rem;
    white-space:pre-wrap;overflow-wrap:anywhere}code{font-size:.85rem}
    svg text{font:12px system-ui,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;fill:var(--soft);
    unicode-bidi:isolate}
    svg text.strong{fill:var(--text);font-weight:600;paint-order:stroke;stroke:var(--back);stroke-width:3px}svg text.cell{font-size:11px}
    .cell-1,.cell-2{fill:var(--t1)!important}.cell-3{fill:var(--t3)!important}.cell-4,.cell-5{fill:var(--t4)!important}
    .grid{stroke:var(--grid)}.axis{stroke:var(--axis)}.plain,.outcome-ok{fill:var(--ok)}
    .outcome-denied{fill:url(#stripes);stroke:var(--denied);stroke-width:.6}
    .outcome-failed{fill:url(#points);stroke:var(--failed);stroke-width:.6}.outcome-break-glass{fill:var(--glass)}
    .heat-0{fill:var(--h0)}.heat-1{fill:var(--h1)}.heat-2{fill:var(--h2)}.heat-3{fill:var(--h3)}.heat-4{fill:var(--h4)}
    .heat-5{fill:var(--h5)}.mark{fill:var(--ok);fill-opacity:.75}.beyond{fill:var(--denied);stroke:var(--back)}
    .disabled{fill:none;stroke:var(--axis);stroke-width:1.5}.median{stroke:var(--text);stroke-width:2.5}
    .mean{stroke:var(--text);stroke-width:1.4;fill:none}.trace{stroke:var(--ok);stroke-width:1.1;fill:none}
    .limit{stroke:var(--denied);stroke-width:1.5;stroke-dasharray:5 3;fill:none}
    #patterns{position:absolute}.ink-denied{stroke:var(--denied);stroke-width:2}.ink-failed{fill:var(--failed)}
    .ink-back{fill:var(--back)}
    @media screen and (max-width:560px){body{padding:.6rem .9rem 2rem}svg.narrow{display:block}svg.wide{display:none}
    h1{font-size:1.4rem}dl.about{grid-template-columns:1fr;gap:0}dl.about dd{margin-bottom:.45rem}
    dl.glance{grid-template-columns:1fr 1fr}}
    @page{margin:16mm 14mm}
    @media print{body{max-width:none;padding:0;font-size:10.5pt}nav,details:not([open]){display:none}
    *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    h2,h3,caption,.legend{break-after:avoid}figure,figure>svg,tr,pre,dl.glance,.verdict{break-inside:avoid}
    section{margin-top:1.2rem;padding-top:.7rem}section.chart{break-inside:avoid}
    .scroll{overflow:visible}dl.glance{grid-template-columns:repeat(5,1fr)}th,td{padding-right:.5rem}thead{display:table-header-group}}
    """

  /// Fills that are told apart without colour; drawings refer to them.
  static let patterns: StaticString = """
    <svg id="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>
    <pattern id="stripes" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <rect width="5" height="5" class="ink-back"/><line x1="1" y1="0" x2="1" y2="5" class="ink-denied"/></pattern>
    <pattern id="points" width="4" height="4" patternUnits="userSpaceOnUse">
    <rect width="4" height="4" class="ink-back"/><circle cx="2" cy="2" r="1.2" class="ink-failed"/></pattern>
    </defs></svg>
    """
}
