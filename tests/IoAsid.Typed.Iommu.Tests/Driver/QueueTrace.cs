using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The descriptors in a unit's invalidation queue, read from its memory.</summary>
internal sealed class QueueTrace(IommuFixture fixture)
{
    private const ulong EntrySize = 32;
    private const ulong Bytes = 512 * EntrySize;

    private ulong _read;

    /// <summary>Returns the descriptors since the last call as text, without page group responses.</summary>
    public string[] Take()
    {
        IRegisterBlock registers = fixture.Machine.Units[0].Registers;
        ulong ring = new InvalidationQueueAddressRegister(registers.Read64(RegisterOffsets.InvalidationQueueAddress)).Queue;
        ulong tail = registers.Read64(RegisterOffsets.InvalidationQueueTail);
        List<string> descriptors = [];
        for (; _read != tail; _read = (_read + EntrySize) % Bytes)
            descriptors.Add(Words(new InvalidationDescriptor(fixture.Machine.PhysicalMemory.ReadBits<Bits256>(ring + _read))));
        return [.. descriptors.Where(words => words.Length > 0)];
    }

    /// <summary>Returns a descriptor as text. The text is empty for a page group response.</summary>
    public static string Words(InvalidationDescriptor descriptor) => descriptor.Type switch
    {
        InvalidationType.ContextCache => Words(new ContextCacheInvalidation(descriptor.Bits)),
        InvalidationType.PasidCache => Words(new PasidCacheInvalidation(descriptor.Bits)),
        InvalidationType.Iotlb => Words(new IotlbInvalidation(descriptor.Bits)),
        InvalidationType.PasidIotlb => Words(new PasidIotlbInvalidation(descriptor.Bits)),
        InvalidationType.DeviceTlb => $"device TLB: {new DeviceTlbInvalidation(descriptor.Bits).Range}",
        InvalidationType.PasidDeviceTlb => Words(new PasidDeviceTlbInvalidation(descriptor.Bits)),
        InvalidationType.Wait => Words(new InvalidationWait(descriptor.Bits)),
        _ => "",
    };

    private static string Words(ContextCacheInvalidation context) =>
        context.Granularity == ContextInvalidationGranularity.Global ? "all contexts" : $"context of {context.SourceId}";

    private static string Words(PasidCacheInvalidation entries) => entries.Granularity switch
    {
        PasidCacheGranularity.Global => "all PASIDs",
        PasidCacheGranularity.Pasid => $"PASID {entries.Pasid} in domain {entries.DomainId}",
        _ => $"PASIDs of domain {entries.DomainId}",
    };

    private static string Words(IotlbInvalidation translations) => (translations.Granularity switch
    {
        IotlbInvalidationGranularity.Global => "all translations",
        IotlbInvalidationGranularity.Domain => $"domain {translations.DomainId}",
        _ => $"domain {translations.DomainId}: 0x{translations.Address:X}, order {translations.AddressMask}{Hint(translations.InvalidationHint)}",
    }) + (translations is { DrainReads: true, DrainWrites: true } ? ", drained" : "");

    private static string Words(PasidIotlbInvalidation translations) => $"PASID {translations.Pasid} in domain {translations.DomainId}: "
        + (translations.Granularity == PasidIotlbGranularity.Pasid ? "everything" : $"0x{translations.Address:X}, order {translations.AddressMask}{Hint(translations.InvalidationHint)}");

    private static string Hint(bool onlyLeaves) => onlyLeaves ? ", only leaves" : "";

    private static string Words(PasidDeviceTlbInvalidation translations) => $"device TLB, PASID {translations.Pasid}: {translations.Range}";

    private static string Words(InvalidationWait wait) => wait.Fence ? "fence" : wait.PageRequestDrain ? "wait, drain page requests" : "wait";
}
