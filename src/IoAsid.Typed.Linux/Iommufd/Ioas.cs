using System.Runtime.InteropServices;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>An I/O address space: which memory a device reaches at which address.</summary>
/// <remarks>
/// Safe to use from any thread. A device can be attached to an address space directly, or to page tables made over it
/// (<see cref="PagingHwpt"/>), which is what PASIDs need.
/// </remarks>
public sealed unsafe class Ioas : IommufdObject
{
    private readonly IoasHandle _handle;

    internal Ioas(Iommufd owner, IoasHandle handle)
        : base(owner, handle, "IOAS") => _handle = handle;

    /// <summary>
    /// Gets or sets a value indicating whether contiguous pages become large translations (true, the default), or pages of the smallest size.
    /// </summary>
    /// <exception cref="SystemCallException">Memory is mapped and devices are attached already.</exception>
    public bool UsesHugePages
    {
        get
        {
            using HandleUse use = Use();
            return Owner.GetOption(IommuOption.HugePages, Handle.Id) != 0;
        }

        set
        {
            using HandleUse use = Use();
            Owner.SetOption(IommuOption.HugePages, Handle.Id, value ? 1u : 0);
        }
    }

    /// <summary>Returns where memory can be mapped. Each attach and detach of a device can change it.</summary>
    /// <returns>The ranges and their alignment.</returns>
    public IovaRanges GetRanges()
    {
        using HandleUse use = Use();
        IovaRange[] ranges = new IovaRange[16];
        while (true)
        {
            IommuIoasIovaRanges argument = new() { Size = 32, IoasId = Handle.Id, NumIovas = (uint)ranges.Length };
            Errno error;
            fixed (IovaRange* pointer = ranges)
            {
                argument.AllowedIovas = (ulong)pointer;
                error = SystemCall.Try(Owner.Calls, Handle.File.Descriptor, KernelRequest.IoasIovaRanges, ref argument);
            }

            if (error == Errno.None)
                return new(ranges[..(int)argument.NumIovas], argument.OutIovaAlignment);

            // Between the two calls an attach can make more of them.
            ranges = error == Errno.MessageSize && argument.NumIovas > (uint)ranges.Length
                ? new IovaRange[argument.NumIovas]
                : throw new SystemCallException(KernelRequest.IoasIovaRanges.Name, error, this);
        }
    }

    /// <summary>
    /// Guarantees that ranges stay usable: a device that reserves addresses in them can no longer be attached. Replaces earlier guarantees.
    /// </summary>
    /// <param name="ranges">The ranges. None takes the guarantee back.</param>
    /// <exception cref="SystemCallException">A device reserves addresses in one of the ranges. Nothing changed.</exception>
    public void AllowRanges(params ReadOnlySpan<IovaRange> ranges)
    {
        fixed (IovaRange* pointer = ranges)
        {
            IommuIoasAllowIovas argument = new() { Size = 24, IoasId = Number, NumIovas = (uint)ranges.Length, AllowedIovas = (ulong)pointer };
            Run(KernelRequest.IoasAllowIovas, ref argument);
        }
    }

    /// <summary>Maps memory.</summary>
    /// <param name="memory">The memory. The mapping keeps it.</param>
    /// <param name="address">The first I/O virtual address; null lets the kernel choose.</param>
    /// <param name="rights">What devices may do with it.</param>
    /// <returns>The mapping.</returns>
    /// <exception cref="SystemCallException">The range overlaps a mapping or is not allowed, or a limit is exhausted. Nothing changed.</exception>
    [return: TakesOwnership]
    public IoasMapping Map(DmaMemory memory, ulong? address = null, DmaRights rights = DmaRights.ReadWrite)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return Map(memory.Handle, offset: 0, (ulong)memory.Length, address, rights);
    }

    /// <summary>Maps a part of memory.</summary>
    /// <param name="memory">The memory. The mapping keeps the whole memory.</param>
    /// <param name="offset">The first byte of the part, a multiple of the page size.</param>
    /// <param name="length">The number of bytes, a multiple of the page size.</param>
    /// <param name="address">The first I/O virtual address; null lets the kernel choose.</param>
    /// <param name="rights">What devices may do with it.</param>
    /// <returns>The mapping.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the memory.</exception>
    /// <exception cref="SystemCallException">The range overlaps a mapping or is not allowed, or a limit is exhausted. Nothing changed.</exception>
    [return: TakesOwnership]
    public IoasMapping MapPart(DmaMemory memory, long offset, long length, ulong? address, DmaRights rights)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, memory.Length - offset);
        return Map(memory.Handle, (ulong)offset, (ulong)length, address, rights);
    }

    /// <summary>Maps a file of memory (memfd). The kernel keeps the file; <see cref="Iommufd.ChangeProcess"/> needs such mappings.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">The first byte, a multiple of the page size.</param>
    /// <param name="length">The number of bytes, a multiple of the page size.</param>
    /// <param name="address">The first I/O virtual address; null lets the kernel choose.</param>
    /// <param name="rights">What devices may do with it.</param>
    /// <returns>The mapping.</returns>
    /// <exception cref="SystemCallException">The kernel is older than Linux 6.13, the file is not a memfd, or the range is taken. Nothing changed.</exception>
    [return: TakesOwnership]
    public IoasMapping MapFile(SafeHandle file, long offset, long length, ulong? address = null, DmaRights rights = DmaRights.ReadWrite)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        using HandleUse use = Use();
        using HandleUse fileUse = new(file);
        MappingSlot slot = Rent(memory: null);
        try
        {
            IommuIoasMapFile argument = new()
            {
                Size = 40, Flags = Flags(rights, address), IoasId = Handle.Id, Fd = (int)file.DangerousGetHandle(),
                Start = (ulong)offset, Length = (ulong)length, Iova = address ?? 0,
            };
            SystemCall.Run(Owner.Calls, Handle.File.Descriptor, KernelRequest.IoasMapFile, ref argument);
            return Mapping(slot, argument.Iova, argument.Length, memory: null);
        }
        catch
        {
            Return(slot, memory: null);
            throw;
        }
    }

    /// <summary>Maps the memory of another address space's mapping here, without pinning it a second time.</summary>
    /// <param name="source">The mapping. It can end before this one.</param>
    /// <param name="address">The first I/O virtual address; null lets the kernel choose.</param>
    /// <param name="rights">What devices may do with it.</param>
    /// <returns>The mapping.</returns>
    /// <exception cref="ArgumentException">The mapping belongs to another iommufd.</exception>
    /// <exception cref="ObjectDisposedException">The mapping has ended.</exception>
    /// <exception cref="SystemCallException">The range is taken or not allowed, or the rights exceed those of the source. Nothing changed.</exception>
    [return: TakesOwnership]
    public IoasMapping CopyFrom(IoasMapping source, ulong? address = null, DmaRights rights = DmaRights.ReadWrite)
    {
        Owner.ThrowIfForeign(source.Ioas.Owner, source, nameof(source));
        using HandleUse use = Use();
        using HandleUse sourceUse = source.Ioas.Use();
        source.ThrowIfEnded();
        SafeHandle? memory = source.Memory;
        MappingSlot slot = Rent(memory);
        try
        {
            // Again, with the memory kept: a mapping that still exists is a mapping of this memory.
            source.ThrowIfEnded();
            IommuIoasCopy argument = new()
            {
                Size = 40, Flags = Flags(rights, address), DstIoasId = Handle.Id, SrcIoasId = source.Ioas.Handle.Id,
                Length = source.Length, DstIova = address ?? 0, SrcIova = source.Address,
            };
            SystemCall.Run(Owner.Calls, Handle.File.Descriptor, KernelRequest.IoasCopy, ref argument);
            return Mapping(slot, argument.DstIova, argument.Length, memory);
        }
        catch
        {
            Return(slot, memory);
            throw;
        }
    }

    /// <summary>Unmaps everything. All mappings of this address space end.</summary>
    /// <returns>The number of bytes that were unmapped.</returns>
    public ulong UnmapAll()
    {
        using HandleUse use = Use();
        IommuIoasUnmap argument = new() { Size = 24, IoasId = Handle.Id, Iova = 0, Length = ulong.MaxValue };
        Errno error = SystemCall.Try(Owner.Calls, Handle.File.Descriptor, KernelRequest.IoasUnmap, ref argument);
        if (error is not Errno.None and not Errno.NotFound)
            throw new SystemCallException(KernelRequest.IoasUnmap.Name, error, this);

        _handle.AbandonMappings();
        return error == Errno.None ? argument.Length : 0;
    }

    /// <summary>Unmaps a mapping whose use of its slot has ended.</summary>
    internal void End(MappingSlot slot, uint ticket)
    {
        bool taken = false;
        try
        {
            Handle.DangerousAddRef(ref taken);
        }
        catch (ObjectDisposedException)
        {
            // The kernel has unmapped everything with the address space.
        }

        try
        {
            if (taken)
                Unmap(slot, ticket);
        }
        finally
        {
            if (taken)
                Handle.DangerousRelease();
        }

        Return(slot, slot.Memory);
    }

    private static uint Flags(DmaRights rights, ulong? address) =>
        (address is null ? 0 : IommuIoasMap.FixedIova)
        | ((rights & DmaRights.Write) != DmaRights.None ? IommuIoasMap.Writeable : 0)
        | ((rights & DmaRights.Read) != DmaRights.None ? IommuIoasMap.Readable : 0);

    private void Unmap(MappingSlot slot, uint ticket)
    {
        IommuIoasUnmap argument = new() { Size = 24, IoasId = Handle.Id, Iova = slot.Address, Length = slot.Length };
        Errno error = SystemCall.Try(Owner.Calls, Handle.File.Descriptor, KernelRequest.IoasUnmap, ref argument);
        if (error != Errno.None)
        {
            slot.Continue(ticket);
            throw new SystemCallException(KernelRequest.IoasUnmap.Name, error, $"0x{slot.Address:X} of {this}");
        }
    }

    private IoasMapping Map(MemoryHandle memory, ulong offset, ulong length, ulong? address, DmaRights rights)
    {
        using HandleUse use = Use();
        MappingSlot slot = Rent(memory);
        try
        {
            IommuIoasMap argument = new()
            {
                Size = 40, Flags = Flags(rights, address), IoasId = Handle.Id,
                UserVa = (ulong)memory.Start + offset, Length = length, Iova = address ?? 0,
            };
            SystemCall.Run(Owner.Calls, Handle.File.Descriptor, KernelRequest.IoasMap, ref argument);
            return Mapping(slot, argument.Iova, length, memory);
        }
        catch
        {
            Return(slot, memory);
            throw;
        }
    }

    /// <summary>Rents a slot for a mapping that keeps memory.</summary>
    private MappingSlot Rent(SafeHandle? memory)
    {
        bool kept = false;
        memory?.DangerousAddRef(ref kept);
        return _handle.RentSlot();
    }

    private void Return(MappingSlot slot, SafeHandle? memory)
    {
        memory?.DangerousRelease();
        _handle.ReturnSlot(slot);
    }

    private IoasMapping Mapping(MappingSlot slot, ulong address, ulong length, SafeHandle? memory) =>
        new(this, slot, slot.Begin(address, length, memory), address, length);
}
