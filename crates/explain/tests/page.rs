//! The page of a network with two layers: its size, its text, and its behavior in a browser.

use autograd::Tape;
use explain::{Explainable, Explanation};
use std::path::PathBuf;
use std::process::Command;
use tensor::tensor;

/// ŷ = σ(W2 tanh(W1 x + b1) + b2), L = ½ (ŷ - y)².
fn network(hidden: &str) -> Explanation {
    let tape = Tape::new().traced();
    let (x, y) = (tape.constant(tensor![1.0, 2.0]).named("x"), tape.constant(1.0).named("y"));
    let w1 = tape.var(tensor![[0.1, -0.2], [0.4, 0.3]]).named("W1");
    let b1 = tape.var(tensor![0.0, 0.1]).named("b1");
    let w2 = tape.var(tensor![[0.5, -0.6]]).named("W2");
    let b2 = tape.var(tensor![0.2]).named("b2");
    let a1 = (w1.matmul(x) + b1).named("z1").tanh().named(hidden);
    let z2 = (w2.matmul(a1) + b2).named("z2");
    ((z2.sigmoid().named("ŷ").sum() - y).square() * 0.5).named("L").explain()
}

#[test]
fn the_page_is_small_and_loads_no_files() {
    let page = network("a1").to_html();
    assert!(page.len() < 300 << 10, "{} bytes", page.len());
    for reference in ["http:", "https:", "src=", "@import", "url(h", "<link"] {
        let found =
            page.match_indices(reference).filter(|(at, _)| !page[*at..].starts_with("http://www.w3.org/2000/svg"));
        assert_eq!(found.count(), 0, "{reference}");
    }
    assert!(page.contains("<math>") && page.contains("prefers-color-scheme: dark"));
    assert!(page.contains("In textbook notation") && page.contains("<msub><mi>δ</mi><mn>1</mn></msub>"));
    assert_eq!(page, network("a1").to_html(), "the same page every time");
}

#[test]
fn names_are_escaped() {
    let page = network("</script><script>alert(1)</script>").to_html();
    assert_eq!(page.matches("<script").count(), 1, "the page's own");
    assert_eq!(page.matches("</script").count(), 1);
    assert!(page.contains("&lt;/script&gt;&lt;script&gt;alert(1)"));
}

#[test]
fn elements_are_closed() {
    let page = network("a1").to_html();
    let body = &page[page.find("<body").unwrap()..page.find("<script>").unwrap()];
    for element in
        ["math", "mrow", "mfrac", "msub", "msup", "mtable", "mtr", "mtd", "details", "table", "tr", "td", "p", "g"]
    {
        let opened = body.matches(&format!("<{element}>")).count() + body.matches(&format!("<{element} ")).count();
        assert_eq!(opened, body.matches(&format!("</{element}>")).count(), "{element}");
    }
}

/// Goes through the page like a reader, and records what is visible.
const READER: &str = r"
<script>
  const seen = {};
  const click = id => document.getElementById(id).click();
  const visible = () => [...document.querySelectorAll('.cr-node .adjoint')]
    .filter(line => getComputedStyle(line).visibility === 'visible').length;
  const opened = () => [...document.querySelectorAll('details[open]')].map(step => step.dataset.name).join();
  const key = name => document.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
  const node = name => document.getElementById(document.querySelector(`[data-name='${name}']`).dataset.node);
  seen.before = visible();
  click('forth');
  seen.first = [visible(), opened(), document.querySelectorAll('.cr-node.waiting').length];
  key('ArrowRight'); key('ArrowRight'); key('ArrowLeft');
  seen.second = document.getElementById('slider').value;
  const z1 = node('z1');
  z1.scrollIntoView({ block: 'center' });
  const box = z1.getBoundingClientRect();
  seen.hit = z1.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
  z1.dispatchEvent(new MouseEvent('mouseenter'));
  seen.hover = opened();
  z1.dispatchEvent(new MouseEvent('mouseleave'));
  seen.left = opened() !== 'z1';
  node('a1').focus();
  seen.focus = [opened(), document.activeElement.id === node('a1').id, document.activeElement.getAttribute('role')];
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  seen.jump = document.querySelector('details.current').dataset.name;
  key('End');
  const all = document.querySelectorAll('.cr-node .adjoint').length;
  seen.last = [visible() === all, document.getElementById('status').textContent];
  const fraction = document.querySelector('mfrac').getBoundingClientRect();
  seen.set = fraction.height > document.querySelector('mfrac mi').getBoundingClientRect().height * 1.5;
  const drawn = document.querySelector('#graph svg').getBoundingClientRect();
  seen.drawn = drawn.width > 100 && drawn.height > 100;
  const report = document.createElement('pre');
  report.id = 'report';
  report.textContent = JSON.stringify(seen);
  document.body.replaceChildren(report);
</script>
";

#[test]
fn a_browser_shows_the_page_without_errors() {
    let Some(browser) = browser() else {
        eprintln!("skipped: there is no Chromium in the PATH");
        return;
    };
    let folder = std::env::temp_dir().join(format!("chainrule-page-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the page");
    let page = network("a1").to_html().replace("</body>", &format!("{READER}</body>"));
    std::fs::write(folder.join("page.html"), page).expect("the page is written");
    let show = || {
        Command::new(&browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--window-size=1400,900"])
            .args(["--no-first-run", "--disable-background-networking", "--virtual-time-budget=5000", "--dump-dom"])
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .arg(format!("file://{}", folder.join("page.html").display()))
            .output()
            .expect("the browser runs")
    };
    // On a busy machine the browser may time out before it has loaded the page, so it is started several times.
    let mut output = show();
    for _ in 0..2 {
        if !String::from_utf8_lossy(&output.stdout).contains("<pre id=\"report\">") {
            output = show();
        }
    }
    let (dom, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let _ = std::fs::remove_dir_all(&folder); // left behind, it does no harm
    let complaints: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
    let report = dom.split("<pre id=\"report\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let report = report.unwrap_or_else(|| panic!("the reader came to its end:\n{dom}\n{log}"));
    for expected in [
        r#""before":0"#,
        r#""first":[2,"L",1]"#,
        r#""second":"2""#,
        r#""hit":true,"hover":"z1","left":true"#,
        r#""focus":["a1",true,"button"],"jump":"a1""#,
        r#""last":[true,"Step "#,
        "The sweep is done.",
        r#""set":true,"drawn":true"#,
    ] {
        assert!(report.contains(expected), "{expected} is not in {report}");
    }
}

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name))).find(|file| file.is_file())
}
