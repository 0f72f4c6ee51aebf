/*
 * The jobs of monte_carlo_jobs.ts with jumps and with Student's t, in C with the widest vectors of AVX2. The generator,
 * the normals and the short exponential are those of mc.h in the reference folder beside the project.
 *
 * Reads names of jobs, one a line, and answers each with its milliseconds and its probability.
 */
#include "mc.h"

enum { PATHS = 10000, SECONDS = 900, AVERAGED = 60 };
static const float SIGMA = 2e-4f, THRESHOLD = 0.002f;

#if W != 8
#error "Written for AVX2: eight lanes"
#endif

INL int any(vi mask) { return _mm256_movemask_ps((__m256)mask); }

/* e^x - 1 for 0 <= x < 80. */
INL vf wide_expm1(vf x) {
  vi k = __builtin_convertvector(x * 1.44269504f + 0.5f, vi);
  vf kf = __builtin_convertvector(k, vf);
  vf r = x - kf * 0.693147181f;
  vf p = r * (1 / 720.f) + (1 / 120.f);
  p = p * r + (1 / 24.f), p = p * r + (1 / 6.f), p = p * r + 0.5f, p = p * r + 1.0f;
  vf power = (vf)((k + 127) << 23);
  return power * p * r + (power - 1.0f);
}

/* -2 ln u, as wasm/assembly/random/normals.ts has it. */
INL vf squared_radius(vu draw) {
  vi odd = (vi)(draw | 1);
  vi sign = odd >> 31;
  vi whole = (vi)__builtin_convertvector((odd ^ sign) - sign, vf);
  vf bent = __builtin_convertvector(whole - (158 << 23), vf);
  vf t = __builtin_convertvector(whole & 0x7fffff, vf);
  vf q = t * 1.5067966e-36f + -4.1553518e-29f;
  q = q * t + 6.274639e-22f, q = q * t + -8.7059546e-15f;
  return q * (t * (8388608.0f - t)) + bent * -1.65259166e-7f;
}

INL vf sine(vi h) {
  vf x = __builtin_convertvector(h, vf), square = x * x;
  vf p = square * -1.073051396e-34f + 2.103417534e-24f;
  p = p * square + -1.8357753536e-14f, p = p * square + 4.793678e-5f;
  return p * x;
}

/* A t with four degrees of freedom, scaled to variance 1. */
INL vf student(vu draw, vi direction) {
  return vsqrt(2.0f * wide_expm1(squared_radius(draw) * 0.25f)) * sine(direction);
}

static double job_student(void) {
  uint64_t seed = 1;
  rng r;
  seedrng(&r, &seed);
  float drift = -0.5f * SIGMA * SIGMA;
  long hits = 0;
  for (long block = 0; block < PATHS / (2 * W); block++) {
    vf walk[2], sum[2];
    for (int h = 0; h < 2; h++) walk[h] = sum[h] = BC(0);
    for (int k = 0; k < SECONDS; k++) {
      vu first = next(&r), second = next(&r);
      vi directions = (vi)(next(&r) | 0x00010001);
      walk[0] += student(first, (directions << 16) >> 16);
      walk[1] += student(second, directions >> 16);
      if (k < SECONDS - AVERAGED) continue;
      for (int h = 0; h < 2; h++) sum[h] += expm1p(walk[h] * SIGMA + drift * (float)(k + 1));
    }
    for (int h = 0; h < 2; h++) {
      vi above = sum[h] > BC(THRESHOLD * AVERAGED);
      for (int lane = 0; lane < W; lane++) hits -= above[lane];
    }
  }
  return (double)hits / (PATHS / (2 * W) * 2 * W);
}

/* One path's jumps that are due: exponential gaps, normal sizes. */
static __attribute__((noinline)) void jump(rng *r, float *gap, float *level, float intensity, float deviation) {
  while (*gap <= 0) {
    vf a, b;
    bm(r, &a, &b);
    *level += deviation * a[0];
    *gap += 0.5f * (a[1] * a[1] + b[1] * b[1]) / intensity;
  }
}

static double job_jump(void) {
  const float intensity = 0.01f, deviation = 0.001f;
  float diffusion = sqrtf(SIGMA * SIGMA - intensity * deviation * deviation);
  float drift = -0.5f * diffusion * diffusion - intensity * expm1f(0.5f * deviation * deviation);
  uint64_t seed = 2;
  rng r, rare;
  seedrng(&r, &seed);
  seedrng(&rare, &seed);
  long hits = 0;
  for (long block = 0; block < PATHS / (2 * W); block++) {
    vf walk[2], level[2], gap[2], sum[2];
    for (int h = 0; h < 2; h++) {
      vf a, b;
      bm(&rare, &a, &b);
      walk[h] = level[h] = sum[h] = BC(0);
      gap[h] = 0.5f * (a * a + b * b) / intensity;
    }
    for (int k = 0; k < SECONDS; k++) {
      vf normal[2];
      bm(&r, &normal[0], &normal[1]);
      for (int h = 0; h < 2; h++) {
        walk[h] += normal[h];
        gap[h] -= 1.0f;
        if (any(gap[h] <= BC(0))) {
          for (int lane = 0; lane < W; lane++) {
            float g = gap[h][lane], l = level[h][lane];
            jump(&rare, &g, &l, intensity, deviation);
            gap[h][lane] = g, level[h][lane] = l;
          }
        }
        if (k >= SECONDS - AVERAGED) sum[h] += expm1p(walk[h] * diffusion + level[h] + drift * (float)(k + 1));
      }
    }
    for (int h = 0; h < 2; h++) {
      vi above = sum[h] > BC(THRESHOLD * AVERAGED);
      for (int lane = 0; lane < W; lane++) hits -= above[lane];
    }
  }
  return (double)hits / (PATHS / (2 * W) * 2 * W);
}

int main(void) {
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    double begun = now();
    double probability = line[0] == 'j' ? job_jump() : job_student();
    printf("%.6f %.6f\n", now() - begun, probability);
    fflush(stdout);
  }
  return 0;
}
