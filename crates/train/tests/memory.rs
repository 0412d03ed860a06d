//! The memory that files can make the readers take: bounded by a limit, by the size of the file, or by the model, never
//! by what the file promises or expands to.

#![cfg(feature = "npz")]

use flate2::{Compression, write::GzEncoder};
use nn::{Mlp, Model};
use proptest::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{Cursor, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use train::{Idx, IdxError, Npz, SaveError, Saving};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Counts bytes. Growing is left to the default method, which copies: old and new room count together.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

// SAFETY: all memory is the system allocator's, asked for and given back unchanged; counting touches none of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `f` gives, and the bytes it takes at most beyond those that are taken already. Callers hold the lock.
fn peak<R>(f: impl FnOnce() -> R) -> (R, usize) {
    let before = LIVE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let result = f();
    (result, PEAK.load(Ordering::Relaxed).saturating_sub(before))
}

fn npy(shape: &str) -> Vec<u8> {
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}");
    [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes()].concat()
}

/// A compressed archive; each member has a name, a shape it promises, and as many zeros.
fn archive(members: &[(&str, String, usize)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, shape, zeros) in members {
        zip.start_file(format!("{name}.npy"), options).unwrap();
        zip.write_all(&npy(shape)).unwrap();
        let chunk = vec![0; 1 << 16];
        let mut left = *zeros;
        while left > 0 {
            zip.write_all(&chunk[..left.min(chunk.len())]).unwrap();
            left -= left.min(chunk.len());
        }
    }
    zip.finish().unwrap().into_inner()
}

const MIB: usize = 1 << 20;

#[test]
fn arrays_that_a_model_has_no_place_for_are_not_expanded() {
    let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
    let path = std::env::temp_dir().join(format!("chainrule-{}-bomb.npz", std::process::id()));
    let mut model: Model<f32> = Mlp::regressor(2, [3], 1).model::<f32>(0);
    let shape = format!("({},)", 64 * MIB);
    let bomb =
        archive(&[("dense.w", shape.clone(), 64 * MIB), ("dense.b", "(3,)".into(), 64 * MIB), ("x", shape, 64 * MIB)]);
    assert!(bomb.len() < MIB);
    std::fs::write(&path, &bomb).unwrap();
    let (loaded, taken) = peak(|| model.load_npz(&path));
    std::fs::remove_file(path).unwrap();
    // More elements than its shape has are noticed after one of them.
    let e = loaded.unwrap_err();
    assert!(matches!(&e, SaveError::Format { .. }) && e.to_string().contains("array `dense.b`"), "{e}");
    assert!(taken < MIB, "{taken} bytes");
}

#[test]
fn an_archive_takes_its_limit_at_most() {
    let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
    let bytes = 8 * MIB + 1;
    let shape = format!("({bytes},)");
    let bomb = archive(&[("a", shape.clone(), bytes), ("b", shape.clone(), bytes), ("c", shape, bytes)]);
    for (limit, arrays) in [(bytes - 1, 0), (bytes, 1), (2 * bytes, 2), (3 * bytes, 3)] {
        let (npz, taken) = peak(|| Npz::read_limited(Cursor::new(&bomb), limit as u64).unwrap());
        assert_eq!(npz.iter().count(), arrays);
        assert!(taken < limit + limit / 8 + MIB, "{taken} bytes under a limit of {limit}");
    }
}

/// One byte more than a buffer that doubles has room for.
#[test]
fn an_idx_array_takes_its_size_and_not_twice() {
    let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
    let size = 16 * MIB + 1;
    let plain = [&[0, 0, 8, 1][..], &(size as u32).to_be_bytes(), &vec![0; size]].concat();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&plain).unwrap();
    for file in [encoder.finish().unwrap(), plain] {
        let (idx, taken) = peak(|| Idx::read_limited(&file[..], size).unwrap());
        assert_eq!(idx.shape(), [size]);
        assert!(taken < size + size / 8 + MIB, "{taken} bytes for {size}");
        let (refused, taken) = peak(|| Idx::read_limited(&file[..], size - 1));
        assert!(matches!(refused, Err(IdxError::TooLarge { .. })) && taken < MIB, "{taken} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever an archive promises, and whatever happened to it on the way.
    #[test]
    fn hostile_archives_stay_within_the_limit(
        promises in prop::collection::vec((any::<prop::sample::Index>(), 0usize..2 * MIB, 0u32..45), 1..5),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 0..4),
        limit in 0..3 * MIB,
    ) {
        let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
        let names = ["a", "b", "c", "d", "e"];
        let members: Vec<_> = promises.iter().zip(names).map(|((more, zeros, bits), name)| {
            let promised = if *bits % 2 == 0 { *zeros } else { (1 << bits) + more.index(1 << 20) };
            (name, format!("({promised},)"), *zeros)
        }).collect();
        let mut file = archive(&members);
        for (at, bits) in &flips {
            let at = at.index(file.len());
            file[at] ^= bits;
        }
        let (_, taken) = peak(|| Npz::read_limited(Cursor::new(&file), limit as u64));
        let limit = limit.max(file.len());
        prop_assert!(taken < limit + limit / 8 + 16 * file.len() + MIB, "{} bytes under a limit of {}", taken, limit);
    }
}
