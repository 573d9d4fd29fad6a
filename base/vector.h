/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VECTOR_CLONES before a function: the compiler makes it twice, for any x86-64 and for those with
 * AVX2 and BMI, and the loader takes the one that fits (GCC's function multiversioning). For hot loops
 * that it can vectorize. VECTOR_CLONES_EXACT: with AVX2 alone, so that no product and sum is fused and
 * the digits of floating-point results are the same everywhere. Elsewhere, and where a sanitizer must
 * see the only one (its runtime is not there yet when the loader chooses), they say nothing.
 */
#ifndef BASE_VECTOR_H
#define BASE_VECTOR_H

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) &&                         \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VECTOR_CLONES       __attribute__((target_clones("arch=x86-64-v3", "default")))
#define VECTOR_CLONES_EXACT __attribute__((target_clones("avx2", "default")))
#else
#define VECTOR_CLONES
#define VECTOR_CLONES_EXACT
#endif

#endif
