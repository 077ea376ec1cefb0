using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>The invalidation of caches of a nested page table or of a virtual IOMMU: one call for both.</summary>
internal static unsafe class Invalidation
{
    public static int Run(IommufdObject target, uint dataType, int entrySize, ReadOnlySpan<byte> entries)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entrySize, 1);
        if (entries.Length % entrySize != 0)
            throw new ArgumentException($"{entries.Length} bytes are not a whole number of entries of {entrySize} bytes.", nameof(entries));

        using HandleUse use = target.Use();
        fixed (byte* pointer = entries)
        {
            IommuHwptInvalidate argument = new()
            {
                Size = 32, HwptId = target.Handle.Id, DataUptr = (ulong)pointer, DataType = dataType,
                EntryLen = (uint)entrySize, EntryNum = (uint)(entries.Length / entrySize),
            };
            Errno error = SystemCall.Try(target.Owner.Calls, target.Handle.File.Descriptor, KernelRequest.HwptInvalidate, ref argument);
            return error == Errno.None
                ? (int)argument.EntryNum
                : throw new SystemCallException(KernelRequest.HwptInvalidate.Name, error, $"entry {argument.EntryNum} for {target}");
        }
    }
}
