//! Writes the Kotlin and the Swift from a built library; `cargo xtask gen` calls it.

fn main() {
    uniffi::uniffi_bindgen_main();
}
