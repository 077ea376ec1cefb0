using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A hardware page table, to which devices and their PASIDs are attached.</summary>
public abstract class Hwpt : IommufdObject
{
    private protected Hwpt(Iommufd owner, ObjectHandle handle, string kind, bool takesPasids, FaultQueue? faultQueue)
        : base(owner, handle, kind)
    {
        TakesPasids = takesPasids;
        FaultQueue = faultQueue;
    }

    /// <summary>
    /// Gets a value indicating whether the table was allocated for PASIDs. A device with an attached PASID takes only such tables, for its
    /// requests without PASID, too.
    /// </summary>
    public bool TakesPasids { get; }

    /// <summary>The queue that takes the page requests of devices attached to this table, if it has one.</summary>
    public FaultQueue? FaultQueue { get; }

    /// <summary>Allocates an HWPT over an IOAS, a nest parent or a virtual IOMMU.</summary>
    internal static unsafe uint Allocate(
        IommufdDevice device, IommufdObject parent, uint flags, FaultQueue? faultQueue, uint dataType, ReadOnlySpan<byte> data)
    {
        using HandleUse deviceUse = device.Use();
        using HandleUse parentUse = parent.Use();
        using HandleUse queueUse = faultQueue is null ? default : faultQueue.Use();
        fixed (byte* pointer = data)
        {
            IommuHwptAlloc argument = new()
            {
                Size = 48, Flags = flags | (faultQueue is null ? 0 : IommuHwptAlloc.FaultIdValid), DevId = device.Number,
                PtId = parent.Handle.Id, DataType = dataType, DataLen = (uint)data.Length, DataUptr = (ulong)pointer,
                FaultId = faultQueue is null ? 0 : faultQueue.Handle.Id,
            };
            SystemCall.Run(device.Owner.Calls, device.Owner.File.Descriptor, KernelRequest.HwptAlloc, ref argument, $"an HWPT for {device} over {parent}");
            return argument.OutHwptId;
        }
    }
}
