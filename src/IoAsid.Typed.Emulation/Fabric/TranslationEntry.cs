using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>An entry of a translation completion (PCIe, Translation Completion Data Entry). An entry without read and write gives no translation.</summary>
/// <param name="Address">The translated address of the page, aligned to the size of the page.</param>
/// <param name="PageShift">The binary logarithm of the size of the page in bytes, 12 or more.</param>
/// <param name="Read">R: the page can be read.</param>
/// <param name="Write">W: the page can be written.</param>
/// <param name="Execute">Exe: the page can be executed.</param>
/// <param name="Privileged">Priv: the permissions are those of privileged mode.</param>
/// <param name="Global">Global: the translation applies to all PASIDs of the function.</param>
/// <param name="UntranslatedOnly">U: the device must send untranslated requests to the page.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TranslationEntry(
    ulong Address, int PageShift, bool Read, bool Write, bool Execute = false, bool Privileged = false, bool Global = false, bool UntranslatedOnly = false);
