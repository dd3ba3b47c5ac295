//! A name -> a form of one's own: the words of its questions, its score, what follows from it, and its tests.

use super::args::NewForm;
use super::{NewFile, Starter};
use heedful::text::slug;

pub(super) fn starter(args: &NewForm) -> Starter {
    let folder = args.place.to.join(slug(&args.name));
    let file = |name: &str, text: &str| NewFile { path: folder.join(name), text: text.replace("NAME", &args.name) };
    Starter {
        files: vec![
            file("words.heed", include_str!("form_words.heed")),
            file("rules.heed", include_str!("form_rules.heed")),
            file("rules.test.yaml", include_str!("form.test.yaml")),
        ],
        next: vec![
            format!("heedful check {0}            # is it right?", folder.display()),
            format!(
                "heedful test {0}             # does each form of the tests come out as it should?",
                folder.display()
            ),
            format!("heedful case --policy {0}    # a blank form, to be filled in", folder.display()),
            format!("heedful explain --policy {0} --html   # the page to read and sign", folder.display()),
        ],
    }
}
