using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The memory of a process (mm_struct): areas with rights, pages that come in on demand, and x86-64 page tables in physical memory, which a VT-d unit
/// walks as first-stage tables. Not thread-safe: it belongs to the steps of one machine.
/// </summary>
/// <remarks>
/// Changes (unmapping, protection, exit) are made one after the other. Entries change first, then each observer is notified and waited for, and only
/// then memory is used again. Page faults are served meanwhile, from the new state.
/// </remarks>
public sealed class ProcessAddressSpace
{
    private const int FourLevels = 4;
    private const int FiveLevels = 5;

    // Above the reach of 32 bits, so that a truncated address faults, and far from the interrupt range.
    private const ulong LowestChosenAddress = 0x1_0000_0000;

    private readonly AddressSpaceUsers _users;
    private readonly AddressSpacePages _pages;
    private readonly PageFaults _faults;
    private readonly AddressSpaceObservers _observers = new();
    private readonly AddressSpaceChanges _changes;
    private readonly ProcessorAccess _access;

    /// <summary>An empty address space with one user, the process itself.</summary>
    /// <param name="memory">The physical memory as processors see it.</param>
    /// <param name="frames">The frames for pages and tables.</param>
    /// <param name="name">The display name of the process.</param>
    /// <param name="levels">4 for 47 bits of addresses, 5 for 56: the user half.</param>
    /// <param name="presetsAccessedDirty">
    /// True if entries are written with the accessed bit, and writable ones with the dirty bit. Needed for units whose walks are not coherent (ECAP.SMPWCS clear): such a
    /// unit cannot set these bits, and refuses each access that needs it (90h).
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There are 4 or 5 levels.</exception>
    /// <exception cref="IommuException">There is no memory for the topmost table: <see cref="IommuError.NoMemory"/>.</exception>
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

    /// <summary>The physical address of the topmost table: the value of FSPTPTR and CR3. It means nothing after exit.</summary>
    public ulong Root => _pages.Root;

    /// <summary>The number of levels of tables: 4 or 5.</summary>
    public int Levels => _pages.Levels;

    /// <summary>The addresses that a process can have.</summary>
    public AddressRange UserHalf => _pages.UserHalf;

    /// <summary>Gets a value indicating whether entries are written with accessed and dirty bits set.</summary>
    public bool PresetsAccessedDirty => _pages.PresetsAccessedDirty;

    /// <summary>The areas, ascending, as they are now.</summary>
    public IReadOnlyList<MemoryArea> Areas => [.. _pages.Areas.All];

    /// <summary>The number of pages of 4 KiB in memory; a large page counts 512.</summary>
    public long ResidentPages => _pages.Resident;

    /// <summary>The number of tables.</summary>
    public long TablePages => _pages.Tables;

    /// <summary>The number of page faults that ended in <see cref="PageFaultOutcome.Handled"/>.</summary>
    public long FaultsHandled => _faults.Handled;

    /// <summary>
    /// The number of frames that are not used again, because an observer failed: hardware may still use them.
    /// </summary>
    public long LeakedFrames => _pages.Leaked;

    /// <summary>The number of users of the pages (mm_users): the process until it exits, and each <see cref="AddressSpaceUse"/>.</summary>
    public int Users => _users.Users;

    /// <summary>
    /// The number of references to the structure (mm_count): all users together count one until the tear-down is over, and each <see
    /// cref="AddressSpaceReference"/> counts one.
    /// </summary>
    public int References => _users.References;

    /// <summary>Gets a value indicating whether the exit has begun: there are no new users, and no faults are served.</summary>
    public bool HasExited => _users.HasExited;

    /// <summary>The number of observers.</summary>
    internal int Observers => _observers.Count;

    /// <summary>
    /// Reserves addresses. Pages come in when they are used. Addresses of an unmapping that is not complete are not given out.
    /// </summary>
    /// <param name="length">The number of bytes: a multiple of 4096, at least one page.</param>
    /// <param name="rights">The rights. Write and execute include read.</param>
    /// <param name="at">The first address: a multiple of 4096; null for the lowest free place above 4 GiB.</param>
    /// <param name="source">The source of the contents; null for zeros.</param>
    /// <param name="largePages">
    /// True if 2 MiB come in at once where they fit and there is memory for it. Only for zeros. A place that is chosen is a multiple of 2 MiB then.
    /// </param>
    /// <returns>The area.</returns>
    /// <exception cref="ArgumentException">Not whole pages; outside of the user half; large pages with a source.</exception>
    /// <exception cref="IommuException">
    /// Something is mapped there, or being unmapped: <see cref="IommuError.Busy"/>. No place is left: <see cref="IommuError.NoMemory"/>. The process
    /// has exited: <see cref="IommuError.Exited"/>.
    /// </exception>
    public MemoryArea Map(ulong length, MemoryRights rights, ulong? at = null, IPageSource? source = null, bool largePages = false)
    {
        _users.ThrowIfExited();
        if (largePages && source is not null)
            throw new ArgumentException("A source fills pages of 4 KiB: large pages are for areas without one.", nameof(largePages));
        AddressRange range = at is { } start ? Checked(start, length) : Chosen(length, largePages ? AddressSpacePages.LargePageSize : AddressRange.PageSize);
        MemoryArea area = new(range, Effective(rights), new Mapping(source, largePages));
        _pages.Areas.Add(area);
        return area;
    }

    /// <summary>Removes memory. Areas across the ends of the range are cut; where there is none, nothing is done.</summary>
    /// <param name="range">The range.</param>
    /// <param name="cancellationToken">Cancels the wait. The unmapping goes on.</param>
    /// <returns>Completes when no observer uses the range and the memory is free. An observer's exception comes out here: the memory is lost then,
    /// see <see cref="LeakedFrames"/>, but the process does not have it.</returns>
    /// <exception cref="ArgumentException">Outside of the user half.</exception>
    /// <exception cref="IommuException">
    /// A large page must be cut and there is no memory for a table: <see cref="IommuError.NoMemory"/>. The process has exited: <see
    /// cref="IommuError.Exited"/>.
    /// </exception>
    public ValueTask UnmapAsync(AddressRange range, CancellationToken cancellationToken = default) =>
        _changes.UnmapAsync(range).UnlessCancelled(cancellationToken);

    /// <summary>Changes rights. Observers are notified if a right is taken away.</summary>
    /// <param name="range">The range. All of it must be mapped.</param>
    /// <param name="rights">The rights from now on. Write and execute include read.</param>
    /// <param name="cancellationToken">Cancels the wait. The change goes on.</param>
    /// <returns>Completes when no observer uses the old rights. An observer's exception comes out here; the rights have changed then.</returns>
    /// <exception cref="ArgumentException">Outside of the user half.</exception>
    /// <exception cref="IommuException">
    /// A part is not mapped: <see cref="IommuError.NotFound"/>. A large page must be cut and there is no memory for a table: <see
    /// cref="IommuError.NoMemory"/>. The process has exited: <see cref="IommuError.Exited"/>.
    /// </exception>
    public ValueTask ProtectAsync(AddressRange range, MemoryRights rights, CancellationToken cancellationToken = default) =>
        _changes.ProtectAsync(range, Effective(rights)).UnlessCancelled(cancellationToken);

    /// <summary>
    /// The process exits: no new users, no faults; when the last user has gone, observers are released, then pages, then tables. Calling it again
    /// waits for the same exit.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait. The exit goes on.</param>
    /// <returns>Completes when all memory is free. An observer's exception comes out here: the memory is lost then, see <see
    /// cref="LeakedFrames"/>.</returns>
    public ValueTask ExitAsync(CancellationToken cancellationToken = default) => _changes.ExitAsync().UnlessCancelled(cancellationToken);

    /// <summary>Brings a page in, or reports why it cannot. A fault for a page that is already present is handled (spurious).</summary>
    /// <param name="address">Any address in the page.</param>
    /// <param name="access">The access; none counts as reading.</param>
    /// <param name="cancellationToken">Cancels the wait. The page still comes in.</param>
    /// <returns>
    /// The outcome; complete at once unless the page's source takes time. An exception of the source comes out here. When the process exits, or the area
    /// goes, the wait ends.
    /// </returns>
    public ValueTask<PageFaultOutcome> HandleFaultAsync(ulong address, MemoryRights access, CancellationToken cancellationToken = default) =>
        _faults.HandleAsync(address, access).UnlessCancelled(cancellationToken);

    /// <summary>Brings a page in, if that needs no wait.</summary>
    /// <param name="address">Any address in the page.</param>
    /// <param name="access">The access; none counts as reading.</param>
    /// <returns>The outcome; null if the page must come from its source: call <see cref="HandleFaultAsync"/>.</returns>
    public PageFaultOutcome? TryHandleFault(ulong address, MemoryRights access) => _faults.TryHandle(address, access);

    /// <summary>Reads as the process: walks the tables, sets accessed bits, and faults pages in.</summary>
    /// <param name="address">The first address.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <param name="cancellationToken">Cancels the wait. The read goes on, so the destination must stay valid.</param>
    /// <returns>Completes when all are read. Fails with <see cref="SegmentationFaultException"/> where the process may not read, with an <see
    /// cref="IommuException"/> when there is no memory or the process has exited.</returns>
    public ValueTask ReadAsync(ulong address, Memory<byte> destination, CancellationToken cancellationToken = default) =>
        _access.ReadAsync(address, destination).UnlessCancelled(cancellationToken);

    /// <summary>Writes as the process: walks the tables, sets accessed and dirty bits, and faults pages in.</summary>
    /// <param name="address">The first address.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="cancellationToken">Cancels the wait. The write goes on, so the source must stay valid.</param>
    /// <returns>Completes when all are written. Fails as <see cref="ReadAsync"/> does; pages before the failure are written then.</returns>
    public ValueTask WriteAsync(ulong address, ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        _access.WriteAsync(address, source).UnlessCancelled(cancellationToken);

    /// <summary>Reads 8 bytes in one transaction, as <see cref="ReadAsync"/> does.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The value.</returns>
    public ValueTask<ulong> ReadUInt64Async(ulong address, CancellationToken cancellationToken = default) =>
        _access.ReadUInt64Async(address).UnlessCancelled(cancellationToken);

    /// <summary>Writes 8 bytes in one transaction, as <see cref="WriteAsync"/> does.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Cancels the wait. The write goes on.</param>
    /// <returns>Completes when it is written.</returns>
    public ValueTask WriteUInt64Async(ulong address, ulong value, CancellationToken cancellationToken = default) =>
        _access.WriteUInt64Async(address, value).UnlessCancelled(cancellationToken);

    /// <summary>Becomes a user of the pages, unless the process has begun to exit (mmget_not_zero).</summary>
    /// <param name="use">Keeps pages and tables until it is disposed.</param>
    /// <returns>True if the caller is a user; false if the exit has begun.</returns>
    public bool TryUse([NotNullWhen(true)] out AddressSpaceUse? use) => _users.TryUse(out use, this);

    /// <summary>Refers to the structure (mmgrab). The caller must be a user or have a reference.</summary>
    /// <returns>Keeps the structure until it is disposed.</returns>
    /// <exception cref="IommuException">The last reference has gone: <see cref="IommuError.Exited"/>.</exception>
    public AddressSpaceReference Grab() => _users.Grab(this);

    /// <summary>Notifies an observer of changes from now on, until the exit.</summary>
    /// <param name="observer">The observer.</param>
    /// <returns>Disposing it ends the notifications. A call under way is not waited for.</returns>
    /// <exception cref="IommuException">The process has exited: <see cref="IommuError.Exited"/>.</exception>
    public IDisposable Subscribe(IAddressSpaceObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _users.ThrowIfExited();
        return _observers.Add(observer);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal void ReleaseUse() => _users.ReleaseUse();

    internal void Drop() => _users.Drop();

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
            throw new IommuException(IommuError.Busy, $"Something is mapped in {range}. Unmap it first, or let the place be chosen.");
        if (_changes.Leaving.Any(leaving => leaving.Overlaps(range)))
            throw new IommuException(IommuError.Busy, $"An unmapping in {range} is not complete. Wait for it, or let the place be chosen.");
        return range;
    }

    private AddressRange Chosen(ulong length, ulong alignment)
    {
        _ = _pages.Inside(new AddressRange(0, length));
        AddressRange range = new(_pages.Areas.FindGap(length, alignment, LowestChosenAddress, _changes.Leaving), length);
        return UserHalf.Contains(range)
            ? range
            : throw new IommuException(IommuError.NoMemory, $"No 0x{length:X} bytes of addresses are left. Unmap something.");
    }
}
