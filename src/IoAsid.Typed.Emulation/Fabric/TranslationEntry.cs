using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>One entry of a translation completion (PCIe, Translation Completion Data Entry). Neither right: there is no translation.</summary>
/// <param name="Address">The translated address of the page, aligned to its size.</param>
/// <param name="PageShift">Binary logarithm of the size in bytes, 12 or more.</param>
/// <param name="Read">The page may be read.</param>
/// <param name="Write">The page may be written.</param>
/// <param name="Execute">The page may be executed from.</param>
/// <param name="Privileged">The rights are those of privileged mode.</param>
/// <param name="Global">The translation holds for every PASID of the function.</param>
/// <param name="UntranslatedOnly">The device must send untranslated requests to this page (U).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TranslationEntry(
    ulong Address, int PageShift, bool Read, bool Write, bool Execute = false, bool Privileged = false, bool Global = false, bool UntranslatedOnly = false);
