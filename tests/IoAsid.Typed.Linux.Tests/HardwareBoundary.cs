// These tests play the kernel and its devices.
[assembly: IoAsid.Typed.HardwareBoundary]
