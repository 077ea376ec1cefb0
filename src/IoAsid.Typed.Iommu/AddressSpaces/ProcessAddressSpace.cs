using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The memory of a process (mm_struct): areas with rights, pages that are brought in on demand, and x86-64 page tables in physical memory. A VT-d unit walks
/// the tables as first-stage tables. The class is not thread-safe: it runs in steps of one machine.
/// </summary>
/// <remarks>
/// Changes (unmapping, protection, exit) run one after the other. A change updates the entries, notifies all observers and waits for them. Only then is memory
/// used again. Page faults are served during a change, from the new state.
/// </remarks>
public sealed class ProcessAddressSpace
{
    private const int FourLevels = 4;
    private const int FiveLevels = 5;

    // Above 4 GiB, so that a truncated address faults, and far from the interrupt range.
    private const ulong LowestChosenAddress = 0x1_0000_0000;

    private readonly AddressSpaceUsers _users;
    private readonly AddressSpacePages _pages;
    private readonly PageFaults _faults;
    private readonly AddressSpaceObservers _observers = new();
    private readonly AddressSpaceChanges _changes;
    private readonly ProcessorAccess _access;

    /// <summary>Creates an empty address space with one user, the process itself.</summary>
    /// <param name="memory">The physical memory as processors see it.</param>
    /// <param name="frames">The frames for pages and tables.</param>
    /// <param name="name">The display name of the process.</param>
    /// <param name="levels">The number of levels: 4 for a user half of 47 bits, 5 for 56 bits.</param>
    /// <param name="presetsAccessedDirty">
    /// True if entries are written with the accessed bit, and writable entries with the dirty bit. Units whose walks are not coherent (ECAP.SMPWCS clear) need this,
    /// because such a unit cannot set the bits and refuses each access that requires it (90h).
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="levels"/> is neither 4 nor 5.</exception>
    /// <exception cref="IommuException"><see cref="IommuError.NoMemory"/>: no memory is left for the topmost table.</exception>
    public ProcessAddressSpace(IPhysicalMemory memory, FrameAllocator frames, string name, int levels = FourLevels, bool presetsAccessedDirty = false)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, FourLevels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(levels, FiveLevels);
        Name = name;
        _users = new AddressSpaceUsers(name);
        _pages = new AddressSpacePages(memory, frames, levels, new FirstStageFormat(presetsAccessedDirty));
        _faults = new PageFaults(_pages, _users);
        _changes = new AddressSpaceChanges(_pages, _faults, _users, _observers);
        _access = new ProcessorAccess(memory, _pages, _faults, _users);
    }

    /// <summary>The display name of the process.</summary>
    public string Name { get; }

    /// <summary>The physical address of the topmost table: the value of FSPTPTR and CR3. It is invalid after the exit.</summary>
    public ulong Root => _pages.Root;

    /// <summary>The number of levels of tables: 4 or 5.</summary>
    public int Levels => _pages.Levels;

    /// <summary>The addresses that a process can use.</summary>
    public AddressRange UserHalf => _pages.UserHalf;

    /// <summary>Gets a value indicating whether entries are written with accessed and dirty bits set.</summary>
    public bool PresetsAccessedDirty => _pages.PresetsAccessedDirty;

    /// <summary>The areas at present, in the order of their addresses.</summary>
    public IReadOnlyList<MemoryArea> Areas => [.. _pages.Areas.All];

    /// <summary>The number of pages of 4 KiB in memory. A large page counts as 512.</summary>
    public long ResidentPages => _pages.Resident;

    /// <summary>The number of tables.</summary>
    public long TablePages => _pages.Tables;

    /// <summary>The number of page faults with the outcome <see cref="PageFaultOutcome.Handled"/>.</summary>
    public long FaultsHandled => _faults.Handled;

    /// <summary>The number of frames that are not used again because an observer failed. Hardware may still use them.</summary>
    public long LeakedFrames => _pages.Leaked;

    /// <summary>The number of users of the pages (mm_users): the process until it exits, and each <see cref="AddressSpaceUse"/>.</summary>
    public int Users => _users.Users;

    /// <summary>
    /// The number of references to the structure (mm_count). All users together count as one until the tear-down is complete. Each <see
    /// cref="AddressSpaceReference"/> counts as one.
    /// </summary>
    public int References => _users.References;

    /// <summary>Gets a value indicating whether the exit has begun. New users and page faults are then refused.</summary>
    public bool HasExited => _users.HasExited;

    /// <summary>The number of observers.</summary>
    internal int Observers => _observers.Count;

    /// <summary>Reserves addresses. Pages are brought in on first use. Addresses whose unmapping is not complete are not chosen.</summary>
    /// <param name="length">The number of bytes: a multiple of 4096, at least one page.</param>
    /// <param name="rights">The rights. Write and execute include read.</param>
    /// <param name="at">The first address, a multiple of 4096. Null chooses the lowest free address above 4 GiB.</param>
    /// <param name="source">The source of the contents. Null means zeros.</param>
    /// <param name="largePages">
    /// True if pages of 2 MiB are brought in where they fit and memory is left. Only for zeros. A chosen address is then a multiple of 2 MiB.
    /// </param>
    /// <returns>The area.</returns>
    /// <exception cref="ArgumentException">The range is not in the user half or does not consist of whole pages, or large pages have a source.</exception>
    /// <exception cref="IommuException">
    /// <see cref="IommuError.Busy"/>: an address is mapped, or its unmapping is not complete. <see cref="IommuError.NoMemory"/>: no free range is left. <see
    /// cref="IommuError.Exited"/>: the process has exited.
    /// </exception>
    public MemoryArea Map(ulong length, MemoryRights rights, ulong? at = null, IPageSource? source = null, bool largePages = false)
    {
        _users.ThrowIfExited();
        if (largePages && source is not null)
            throw new ArgumentException("A source fills pages of 4 KiB. Map large pages without a source.", nameof(largePages));
        AddressRange range = at is { } start ? Checked(start, length) : Chosen(length, largePages ? AddressSpacePages.LargePageSize : AddressRange.PageSize);
        MemoryArea area = new(range, Effective(rights), new Mapping(source, largePages));
        _pages.Areas.Add(area);
        return area;
    }

    /// <summary>Unmaps addresses. Areas across the ends of the range are split. Addresses that are not mapped are skipped.</summary>
    /// <param name="range">The range.</param>
    /// <param name="cancellationToken">Cancels the wait. The unmapping continues.</param>
    /// <returns>
    /// A task that completes when no observer uses the range and the memory is free. If an observer fails, the task has its exception, the range is unmapped,
    /// and the memory is lost (<see cref="LeakedFrames"/>).
    /// </returns>
    /// <exception cref="ArgumentException">The range is not in the user half.</exception>
    /// <exception cref="IommuException">
    /// <see cref="IommuError.NoMemory"/>: a large page must be split, and no memory is left for a table. <see cref="IommuError.Exited"/>: the process has exited.
    /// Nothing changed.
    /// </exception>
    public ValueTask UnmapAsync(AddressRange range, CancellationToken cancellationToken = default) =>
        _changes.UnmapAsync(range).UnlessCancelled(cancellationToken);

    /// <summary>Changes rights. Observers are notified if a right is removed.</summary>
    /// <param name="range">The range. All of it must be mapped.</param>
    /// <param name="rights">The new rights. Write and execute include read.</param>
    /// <param name="cancellationToken">Cancels the wait. The change continues.</param>
    /// <returns>
    /// A task that completes when no observer uses the old rights. If an observer fails, the task has its exception, and the rights have changed.
    /// </returns>
    /// <exception cref="ArgumentException">The range is not in the user half.</exception>
    /// <exception cref="IommuException">
    /// <see cref="IommuError.NotFound"/>: an address is not mapped. <see cref="IommuError.NoMemory"/>: a large page must be split, and no memory is left for a table.
    /// <see cref="IommuError.Exited"/>: the process has exited. Nothing changed.
    /// </exception>
    public ValueTask ProtectAsync(AddressRange range, MemoryRights rights, CancellationToken cancellationToken = default) =>
        _changes.ProtectAsync(range, Effective(rights)).UnlessCancelled(cancellationToken);

    /// <summary>
    /// Ends the process. New users and page faults are refused. After the last user is released, observers release their translations, and then pages and
    /// tables are freed. A second call waits for the same exit.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait. The exit continues.</param>
    /// <returns>
    /// A task that completes when all memory is free. If an observer fails, the task has its exception, and the memory is lost (<see cref="LeakedFrames"/>).
    /// </returns>
    public ValueTask ExitAsync(CancellationToken cancellationToken = default) => _changes.ExitAsync().UnlessCancelled(cancellationToken);

    /// <summary>Brings a page in. A fault for a page that is already present is handled (spurious).</summary>
    /// <param name="address">An address in the page.</param>
    /// <param name="access">The access. None counts as a read.</param>
    /// <param name="cancellationToken">Cancels the wait. The page is still filled.</param>
    /// <returns>
    /// A task with the outcome. It completes synchronously unless the page has a source. If the source fails, the task has its exception. The exit of the
    /// process, or an unmapping of the page, ends the wait.
    /// </returns>
    public ValueTask<PageFaultOutcome> HandleFaultAsync(ulong address, MemoryRights access, CancellationToken cancellationToken = default) =>
        _faults.HandleAsync(address, access).UnlessCancelled(cancellationToken);

    /// <summary>Brings a page in if the page needs no source.</summary>
    /// <param name="address">An address in the page.</param>
    /// <param name="access">The access. None counts as a read.</param>
    /// <returns>The outcome, or null if the page must come from its source by <see cref="HandleFaultAsync"/>.</returns>
    public PageFaultOutcome? TryHandleFault(ulong address, MemoryRights access) => _faults.TryHandle(address, access);

    /// <summary>Reads as the process: walks the tables, sets accessed bits, and faults pages in.</summary>
    /// <param name="address">The first address.</param>
    /// <param name="destination">The memory that receives the bytes.</param>
    /// <param name="cancellationToken">Cancels the wait. The read continues, so the destination must stay valid.</param>
    /// <returns>
    /// A task that completes when all bytes are read. It fails with <see cref="SegmentationFaultException"/> where the process may not read, and with <see
    /// cref="IommuException"/> if no memory is left or the process has exited.
    /// </returns>
    public ValueTask ReadAsync(ulong address, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        _access.ReadAsync(address, destination).UnlessCancelled(cancellationToken);

    /// <summary>Writes as the process: walks the tables, sets accessed and dirty bits, and faults pages in.</summary>
    /// <param name="address">The first address.</param>
    /// <param name="source">The bytes to write.</param>
    /// <param name="cancellationToken">Cancels the wait. The write continues, so the source must stay valid.</param>
    /// <returns>
    /// A task that completes when all bytes are written. It fails like the task of <see cref="ReadAsync"/>. The pages before the failure are then written.
    /// </returns>
    public ValueTask WriteAsync(ulong address, ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        _access.WriteAsync(address, source).UnlessCancelled(cancellationToken);

    /// <summary>Reads 8 bytes in one transaction, like <see cref="ReadAsync"/>.</summary>
    /// <param name="address">The address, a multiple of 8.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The value.</returns>
    public ValueTask<ulong> ReadUInt64Async(ulong address, CancellationToken cancellationToken = default) =>
        _access.ReadUInt64Async(address).UnlessCancelled(cancellationToken);

    /// <summary>Writes 8 bytes in one transaction, like <see cref="WriteAsync"/>.</summary>
    /// <param name="address">The address, a multiple of 8.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Cancels the wait. The write continues.</param>
    /// <returns>A task that completes when the value is written.</returns>
    public ValueTask WriteUInt64Async(ulong address, ulong value, CancellationToken cancellationToken = default) =>
        _access.WriteUInt64Async(address, value).UnlessCancelled(cancellationToken);

    /// <summary>Tries to add a user of the pages (mmget_not_zero).</summary>
    /// <param name="use">The use, which keeps pages and tables until it is disposed.</param>
    /// <returns>true if the caller is a user; false if the exit has begun.</returns>
    internal bool TryUse([NotNullWhen(true)] out AddressSpaceUse? use) => _users.TryUse(out use, this);

    /// <summary>Takes a reference to the structure (mmgrab). The caller must be a user or have a reference.</summary>
    /// <returns>The reference, which keeps the structure until it is disposed.</returns>
    /// <exception cref="IommuException"><see cref="IommuError.Exited"/>: the last reference is released.</exception>
    internal AddressSpaceReference Grab() => _users.Grab(this);

    /// <summary>Subscribes an observer to changes until the exit.</summary>
    /// <param name="observer">The observer.</param>
    /// <returns>The subscription. Disposing it ends the notifications, and does not wait for a running one.</returns>
    /// <exception cref="IommuException"><see cref="IommuError.Exited"/>: the process has exited.</exception>
    public IDisposable Subscribe(IAddressSpaceObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _users.ThrowIfExited();
        return _observers.Add(observer);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal void ReleaseUse() => _users.ReleaseUse();

    internal void ReleaseReference() => _users.ReleaseReference();

    private static MemoryRights Effective(MemoryRights rights)
    {
        if ((rights & ~(MemoryRights.ReadWrite | MemoryRights.Execute)) != MemoryRights.None)
            throw new ArgumentOutOfRangeException(nameof(rights), rights, "Rights are made of Read, Write and Execute.");
        return rights == MemoryRights.None ? rights : rights | MemoryRights.Read;
    }

    private AddressRange Checked(ulong start, ulong length)
    {
        AddressRange range = _pages.Inside(new AddressRange(start, length));
        if (_pages.Areas.Overlaps(range))
            throw new IommuException(IommuError.Busy, $"An address in {range} is already mapped. Unmap it first, or pass no address.");
        if (_changes.PendingUnmaps.Any(pending => pending.Overlaps(range)))
            throw new IommuException(IommuError.Busy, $"An unmapping in {range} is not complete. Wait for it, or pass no address.");
        return range;
    }

    private AddressRange Chosen(ulong length, ulong alignment)
    {
        _ = _pages.Inside(new AddressRange(0, length));
        AddressRange range = new(_pages.Areas.FindGap(length, alignment, LowestChosenAddress, _changes.PendingUnmaps), length);
        return UserHalf.Contains(range)
            ? range
            : throw new IommuException(IommuError.NoMemory, $"No free range of 0x{length:X} bytes is left. Unmap an area first.");
    }
}
