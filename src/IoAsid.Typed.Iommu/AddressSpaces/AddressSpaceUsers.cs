using System.Diagnostics.CodeAnalysis;

namespace IoAsid.Typed.Iommu;

/// <summary>The two counts of an address space: users of the pages (mm_users) and references to the structure (mm_count).</summary>
/// <remarks>The counts change within one step of the machine, so no lock guards them.</remarks>
internal sealed class AddressSpaceUsers(string process)
{
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The display name of the process.</summary>
    public string Process => process;

    public int Users { get; private set; } = 1;

    public int References { get; private set; } = 1;

    /// <summary>Gets a value indicating whether the exit has begun.</summary>
    public bool HasExited { get; private set; }

    /// <summary>The task that completes when the last user is released.</summary>
    public Task Unused => _unused.Task;

    /// <summary>Begins the exit. New users are refused.</summary>
    public void BeginExit() => HasExited = true;

    public bool TryUse([NotNullWhen(true)] out AddressSpaceUse? use, ProcessAddressSpace addressSpace)
    {
        use = HasExited ? null : new AddressSpaceUse(addressSpace);
        Users += use is null ? 0 : 1;
        return use is not null;
    }

    public AddressSpaceReference Grab(ProcessAddressSpace addressSpace)
    {
        if (References == 0)
            throw new IommuException(IommuError.Exited, $"{process} has exited and has no references. Take a reference before the last one is released.");
        References++;
        return new AddressSpaceReference(addressSpace);
    }

    public void ReleaseUse()
    {
        if (--Users == 0)
            _unused.SetResult();
    }

    public void ReleaseReference() => References--;

    public void ThrowIfExited()
    {
        if (HasExited)
            throw new IommuException(IommuError.Exited, $"{process} has exited. Its memory cannot be used.");
    }
}
