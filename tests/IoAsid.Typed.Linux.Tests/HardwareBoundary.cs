// These tests stand in for the kernel and its devices, which use raw numbers.
[assembly: IoAsid.Typed.HardwareBoundary]
