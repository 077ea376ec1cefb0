using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The words of an invalidation descriptor, by the bit positions of VT-d 6.5.2.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Descriptor(ulong Low, ulong High = 0, ulong Third = 0, ulong Fourth = 0)
{
    private const ulong Interrupt = 1 << 4;
    private const ulong StatusWrite = 1 << 5;
    private const ulong FenceBit = 1 << 6;
    private const ulong Drain = 1 << 7;

    /// <summary>Returns the descriptor with IH set: only leaf entries were changed.</summary>
    public Descriptor WithHint() => this with { High = High | 1 << 6 };

    public static Descriptor AllContexts => new(0x1 | 1 << 4);

    public static Descriptor AllPasids => new(0x7 | 3 << 4);

    public static Descriptor AllTranslations => new(0x2 | 1 << 4);

    public static Descriptor WaitInterrupt => new(0x5 | Interrupt);

    public static Descriptor WaitNothing => new(0x5);

    public static Descriptor ContextsOf(DomainId domain) => new(0x1 | 2 << 4 | (ulong)domain.Value << 16);

    public static Descriptor ContextOf(RequesterId device, DomainId domain = default, int mask = 0) =>
        new(0x1 | 3 << 4 | (ulong)domain.Value << 16 | (ulong)device.Value << 32 | (ulong)mask << 48);

    public static Descriptor Domain(DomainId domain) => new(0x2 | 2 << 4 | (ulong)domain.Value << 16);

    public static Descriptor Pages(DomainId domain, ulong address, int mask = 0) => new(0x2 | 3 << 4 | (ulong)domain.Value << 16, address | (uint)mask);

    public static Descriptor PasidsOf(DomainId domain) => new(0x7 | (ulong)domain.Value << 16);

    public static Descriptor PasidEntry(DomainId domain, Pasid pasid) => new(0x7 | 1 << 4 | (ulong)domain.Value << 16 | (ulong)pasid.Value << 32);

    public static Descriptor Pasid(DomainId domain, Pasid pasid) => new(0x6 | 2 << 4 | (ulong)domain.Value << 16 | (ulong)pasid.Value << 32);

    public static Descriptor PasidPages(DomainId domain, Pasid pasid, ulong address, int mask = 0) =>
        new(0x6 | 3 << 4 | (ulong)domain.Value << 16 | (ulong)pasid.Value << 32, address | (uint)mask);

    public static Descriptor DeviceTlb(RequesterId device, ulong address = 0, int pending = 0) =>
        new(0x3 | (ulong)pending << 16 | (ulong)device.Value << 32, address);

    public static Descriptor PasidDeviceTlb(RequesterId device, Pasid pasid, ulong address = 0, int pending = 0) =>
        new(0x8 | (ulong)pending << 4 | (ulong)device.Value << 16 | (ulong)pasid.Value << 32, address);

    public static Descriptor Wait(ulong status, uint data, bool fence = false, bool drain = false) =>
        new(0x5 | StatusWrite | (fence ? FenceBit : 0) | (drain ? Drain : 0) | (ulong)data << 32, status);

    public static Descriptor Response(RequesterId device, Pasid pasid, int group, int code) =>
        new(0x9 | 1 << 4 | (ulong)code << 12 | (ulong)device.Value << 16 | (ulong)pasid.Value << 32, (ulong)group << 3);
}
