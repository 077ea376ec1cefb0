using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The current root table: the value of RTADDR at the last write of GCMD.SRTP.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RootTable(ulong Address, TranslationTableMode Mode)
{
    /// <summary>Returns the root table in a value of RTADDR.</summary>
    public static RootTable Of(RootTableAddressRegister register) => new(register.RootTable, register.TableMode);
}
