using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The root table that is in force: RTADDR as it was when GCMD.SRTP was written.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RootTable(ulong Address, TranslationTableMode Mode)
{
    /// <summary>What RTADDR says.</summary>
    public static RootTable Of(RootTableAddressRegister register) => new(register.RootTable, register.TableMode);
}
