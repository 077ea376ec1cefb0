using System.Diagnostics.CodeAnalysis;

namespace IoAsid.Typed.Iommu;

// Who uses the pages, and who only refers to the structure.
public sealed partial class ProcessAddressSpace
{
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many use the pages (mm_users): the process until it exits, and every <see cref="AddressSpaceUse"/>.</summary>
    public int Users { get; private set; } = 1;

    /// <summary>
    /// How many refer to the structure (mm_count): all users together count one until the tear-down is over, and every <see
    /// cref="AddressSpaceReference"/> counts one.
    /// </summary>
    public int References { get; private set; } = 1;

    /// <summary>Whether the exit has begun: there are no new users, and no faults are served.</summary>
    public bool HasExited { get; private set; }

    /// <summary>Becomes a user of the pages, unless the process has begun to exit (mmget_not_zero).</summary>
    /// <param name="use">Keeps pages and tables until it is disposed.</param>
    /// <returns>False when the exit has begun.</returns>
    public bool TryUse([NotNullWhen(true)] out AddressSpaceUse? use)
    {
        use = HasExited ? null : new AddressSpaceUse(this);
        Users += use is null ? 0 : 1;
        return use is not null;
    }

    /// <summary>Refers to the structure (mmgrab). Whoever calls must be a user or have a reference.</summary>
    /// <returns>Keeps the structure until it is disposed.</returns>
    /// <exception cref="IommuException">The last reference has gone: <see cref="IommuError.Exited"/>.</exception>
    public AddressSpaceReference Grab()
    {
        if (References == 0)
            throw new IommuException(IommuError.Exited, $"{Name} is gone: take a reference while you have one, or before it exits.");
        References++;
        return new AddressSpaceReference(this);
    }

    internal void ReleaseUse()
    {
        if (--Users == 0)
            _unused.SetResult();
    }

    internal void Drop() => References--;
}
