/* api.h - how the public headers mark what they export. */
#ifndef LULL_API_H
#define LULL_API_H

#define LULL_API __attribute__((visibility("default")))

/* Results that must not be ignored: rule 8 of ARCHITECTURE.md. */
#define LULL_MUST_USE __attribute__((warn_unused_result))

#ifdef __cplusplus
#define LULL_BEGIN_DECLARATIONS extern "C" {
#define LULL_END_DECLARATIONS   }
#else
#define LULL_BEGIN_DECLARATIONS
#define LULL_END_DECLARATIONS
#endif

#endif
