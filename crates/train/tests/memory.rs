//! The memory used by readers is bounded by a limit, by the size of the file, or by the model, and never by the sizes
//! that a file claims or decompresses to.

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

/// Counts allocated bytes. The default `realloc` copies, so the old and the new allocation are counted together.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

// SAFETY: all calls are forwarded unchanged to the system allocator; counting does not touch the memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: the caller upholds the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller upholds the contract of `dealloc`.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The result of `f`, and the peak number of bytes that it allocates. Callers hold the lock.
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

/// A compressed archive; each member has a name, the shape in its header, and a number of zeros.
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
fn arrays_without_a_parameter_are_not_decompressed() {
    let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
    let path = std::env::temp_dir().join(format!("chainrule-{}-bomb.npz", std::process::id()));
    let mut model: Model<f32> = Mlp::regressor(2, [3], 1).model::<f32>(0);
    let shape = format!("({},)", 64 * MIB);
    let bomb =
        archive(&[("dense.w", shape.clone(), 64 * MIB), ("dense.b", "(3,)".into(), 64 * MIB), ("x", shape, 64 * MIB)]);
    assert!(bomb.len() < MIB);
    std::fs::write(&path, &bomb).unwrap();
    let (loaded, peak) = peak(|| model.load_npz(&path));
    std::fs::remove_file(path).unwrap();
    // Reading stops at the first element beyond the shape.
    let e = loaded.unwrap_err();
    assert!(matches!(&e, SaveError::Format { .. }) && e.to_string().contains("array `dense.b`"), "{e}");
    assert!(peak < MIB, "{peak} bytes");
}

#[test]
fn the_memory_of_an_archive_is_bounded_by_the_limit() {
    let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
    let bytes = 8 * MIB + 1;
    let shape = format!("({bytes},)");
    let bomb = archive(&[("a", shape.clone(), bytes), ("b", shape.clone(), bytes), ("c", shape, bytes)]);
    for (limit, arrays) in [(bytes - 1, 0), (bytes, 1), (2 * bytes, 2), (3 * bytes, 3)] {
        let (npz, peak) = peak(|| Npz::read_limited(Cursor::new(&bomb), limit as u64).unwrap());
        assert_eq!(npz.iter().count(), arrays);
        assert!(peak < limit + limit / 8 + MIB, "{peak} bytes with a limit of {limit}");
    }
}

/// The size is one byte more than the capacity of a doubling buffer.
#[test]
fn the_memory_of_an_idx_array_is_little_more_than_its_size() {
    let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
    let size = 16 * MIB + 1;
    let plain = [&[0, 0, 8, 1][..], &(size as u32).to_be_bytes(), &vec![0; size]].concat();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&plain).unwrap();
    for file in [encoder.finish().unwrap(), plain] {
        let (idx, used) = peak(|| Idx::read_limited(&file[..], size).unwrap());
        assert_eq!(idx.shape(), [size]);
        assert!(used < size + size / 8 + MIB, "{used} bytes for {size}");
        let (error, used) = peak(|| Idx::read_limited(&file[..], size - 1));
        assert!(matches!(error, Err(IdxError::TooLarge { .. })) && used < MIB, "{used} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Archives with false headers and random damage.
    #[test]
    fn the_memory_of_malicious_archives_is_bounded_by_the_limit(
        claims in prop::collection::vec((any::<prop::sample::Index>(), 0usize..2 * MIB, 0u32..45), 1..5),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 0..4),
        limit in 0..3 * MIB,
    ) {
        let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
        let names = ["a", "b", "c", "d", "e"];
        let members: Vec<_> = claims.iter().zip(names).map(|((more, zeros, bits), name)| {
            let claimed = if *bits % 2 == 0 { *zeros } else { (1 << bits) + more.index(1 << 20) };
            (name, format!("({claimed},)"), *zeros)
        }).collect();
        let mut file = archive(&members);
        for (at, bits) in &flips {
            let at = at.index(file.len());
            file[at] ^= bits;
        }
        let (_, peak) = peak(|| Npz::read_limited(Cursor::new(&file), limit as u64));
        let limit = limit.max(file.len());
        prop_assert!(peak < limit + limit / 8 + 16 * file.len() + MIB, "{} bytes with a limit of {}", peak, limit);
    }
}
