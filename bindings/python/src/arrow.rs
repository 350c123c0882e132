//! Columns by Arrow's C data interface (<https://arrow.apache.org/docs/format/CDataInterface.html>) in capsules of Python.
//!
//! Own structs and not the `arrow` crates: these add more than a megabyte to a wheel, for three structs whose layout is
//! frozen. The structs are passed by value into memory of the consumer and are released by their own function, so that
//! everything they point to is owned by their `private_data`.
#![allow(unsafe_code, reason = "an interface between languages is made of pointers")]

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::{null, null_mut};

use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::columns::{self, Buffer, Column};

const NULLABLE: i64 = 2;

#[repr(C)]
struct ArrowSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut ArrowSchema,
    dictionary: *mut ArrowSchema,
    release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut ArrowArray,
    dictionary: *mut ArrowArray,
    release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArrayStream {
    get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    private_data: *mut c_void,
}

/// What a schema points to.
struct SchemaParts {
    format: CString,
    name: CString,
    children: Vec<*mut ArrowSchema>,
}

/// What an array points to.
struct ArrayParts {
    pointers: Vec<*const c_void>,
    #[allow(dead_code, reason = "owns the memory that the pointers lead to")]
    buffers: Vec<Option<Buffer>>,
    children: Vec<*mut ArrowArray>,
}

/// What a stream gives: its schema as often as asked, its batch once.
struct StreamParts {
    outline: Vec<Column>,
    batch: Option<(Vec<Column>, usize)>,
}

impl ArrowSchema {
    fn new(format: &str, name: &str, flags: i64, children: &[Column]) -> Self {
        let children = children.iter().map(|column| {
            let flags = if column.nullable { NULLABLE } else { 0 };
            Box::into_raw(Box::new(Self::new(column.format, column.name, flags, &column.children)))
        });
        // Our names and formats hold no NUL.
        let text = |text: &str| CString::new(text).unwrap_or_default();
        let mut parts = Box::new(SchemaParts { format: text(format), name: text(name), children: children.collect() });
        Self {
            format: parts.format.as_ptr(),
            name: parts.name.as_ptr(),
            metadata: null(),
            flags,
            n_children: parts.children.len().cast_signed() as i64,
            children: parts.children.as_mut_ptr(),
            dictionary: null_mut(),
            release: Some(release_schema),
            private_data: Box::into_raw(parts).cast(),
        }
    }
}

impl ArrowArray {
    fn new(length: usize, null_count: usize, buffers: Vec<Option<Buffer>>, children: Vec<Column>) -> Self {
        let children = children.into_iter().map(|column| {
            Box::into_raw(Box::new(Self::new(column.length, column.null_count, column.buffers, column.children)))
        });
        let pointers = buffers.iter().map(|buffer| buffer.as_ref().map_or(null(), |buffer| buffer.as_ptr().cast()));
        let mut parts = Box::new(ArrayParts { pointers: pointers.collect(), children: children.collect(), buffers });
        Self {
            length: length.cast_signed() as i64,
            null_count: null_count.cast_signed() as i64,
            offset: 0,
            n_buffers: parts.pointers.len().cast_signed() as i64,
            n_children: parts.children.len().cast_signed() as i64,
            buffers: parts.pointers.as_mut_ptr(),
            children: parts.children.as_mut_ptr(),
            dictionary: null_mut(),
            release: Some(release_array),
            private_data: Box::into_raw(parts).cast(),
        }
    }
}

/// Frees a schema and what is left of its children.
///
/// # Safety
/// `schema` is null, or points to a struct of [`ArrowSchema::new`] that a consumer may have moved.
unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: the caller's promise; `release` is null in a struct that was released before.
    let Some(schema) = (unsafe { schema.as_mut() }) else { return };
    if schema.release.take().is_none() {
        return;
    }
    // SAFETY: `private_data` came from `Box::into_raw` in `new`, and `release` was still set: it is freed once.
    let parts = unsafe { Box::from_raw(schema.private_data.cast::<SchemaParts>()) };
    for child in parts.children {
        // SAFETY: each child came from `Box::into_raw`; one that the consumer took has its `release` null already.
        drop(unsafe { Box::from_raw(child) });
    }
}

/// Frees an array and what is left of its children.
///
/// # Safety
/// `array` is null, or points to a struct of [`ArrowArray::new`] that a consumer may have moved.
unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: the caller's promise; `release` is null in a struct that was released before.
    let Some(array) = (unsafe { array.as_mut() }) else { return };
    if array.release.take().is_none() {
        return;
    }
    // SAFETY: `private_data` came from `Box::into_raw` in `new`, and `release` was still set: it is freed once.
    let parts = unsafe { Box::from_raw(array.private_data.cast::<ArrayParts>()) };
    for child in parts.children {
        // SAFETY: each child came from `Box::into_raw`; one that the consumer took has its `release` null already.
        drop(unsafe { Box::from_raw(child) });
    }
}

/// # Safety
/// `stream` points to a stream of [`stream`] that was not released, `out` to memory for a schema.
unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int {
    // SAFETY: the caller's promise; `private_data` points to `StreamParts` until the stream is released.
    let parts = unsafe { &*(*stream).private_data.cast::<StreamParts>() };
    // SAFETY: `out` is memory of the caller that holds nothing yet.
    unsafe { out.write(ArrowSchema::new("+s", "", 0, &parts.outline)) };
    0
}

/// # Safety
/// As [`get_schema`].
unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    // SAFETY: the caller's promise; calls on one stream do not overlap.
    let parts = unsafe { &mut *(*stream).private_data.cast::<StreamParts>() };
    let array = match parts.batch.take() {
        Some((columns, length)) => ArrowArray::new(length, 0, vec![None], columns),
        // The end is a released array.
        None => ArrowArray {
            length: 0,
            null_count: 0,
            offset: 0,
            n_buffers: 0,
            n_children: 0,
            buffers: null_mut(),
            children: null_mut(),
            dictionary: null_mut(),
            release: None,
            private_data: null_mut(),
        },
    };
    // SAFETY: `out` is memory of the caller that holds nothing yet.
    unsafe { out.write(array) };
    0
}

unsafe extern "C" fn get_last_error(_: *mut ArrowArrayStream) -> *const c_char {
    null()
}

/// # Safety
/// `stream` is null, or points to a stream of [`stream`].
unsafe extern "C" fn release_stream(stream: *mut ArrowArrayStream) {
    // SAFETY: the caller's promise.
    let Some(stream) = (unsafe { stream.as_mut() }) else { return };
    if stream.release.take().is_some() {
        // SAFETY: `private_data` came from `Box::into_raw`, and `release` was still set: it is freed once.
        drop(unsafe { Box::from_raw(stream.private_data.cast::<StreamParts>()) });
    }
}

// A consumer that takes a struct out of its capsule copies it and sets `release` to null in the place it was: then there
// is nothing left to release here.
impl Drop for ArrowSchema {
    fn drop(&mut self) {
        // SAFETY: `self` was made by `new`, or is a struct that was released.
        unsafe { release_schema(self) }
    }
}

impl Drop for ArrowArray {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { release_array(self) }
    }
}

impl Drop for ArrowArrayStream {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { release_stream(self) }
    }
}

// SAFETY: the struct owns what it points to, and its functions touch nothing else.
unsafe impl Send for ArrowSchema {}
// SAFETY: as above.
unsafe impl Send for ArrowArrayStream {}

/// A stream of one batch.
pub(crate) fn stream(py: Python<'_>, columns: Vec<Column>, length: usize) -> PyResult<Bound<'_, PyCapsule>> {
    let outline = columns::none();
    let parts = Box::new(StreamParts { outline, batch: Some((columns, length)) });
    let stream = ArrowArrayStream {
        get_schema: Some(get_schema),
        get_next: Some(get_next),
        get_last_error: Some(get_last_error),
        release: Some(release_stream),
        private_data: Box::into_raw(parts).cast(),
    };
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}

/// The schema alone.
pub(crate) fn schema<'py>(py: Python<'py>, columns: &[Column]) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, ArrowSchema::new("+s", "", 0, columns), c"arrow_schema")
}
