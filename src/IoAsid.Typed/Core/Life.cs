using System.Runtime.InteropServices;

namespace IoAsid.Typed.Core;

/// <summary>One life of one number.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Life(uint Id, uint Generation);
