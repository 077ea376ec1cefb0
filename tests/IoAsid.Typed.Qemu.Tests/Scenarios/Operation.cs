using System.Globalization;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The kinds of operations of a random run.</summary>
internal enum OperationKind
{
    /// <summary>Maps pages that are not mapped.</summary>
    Map,

    /// <summary>Unmaps pages, mapped or not.</summary>
    Unmap,

    /// <summary>Attaches a probe to a domain, or detaches it.</summary>
    Attach,

    /// <summary>Lets a probe write to a page of the window.</summary>
    Write,

    /// <summary>Lets each probe write to a page, unmaps it, and lets each probe write again.</summary>
    Retire,
}

/// <summary>An operation of a random run. Its numbers are taken modulo what there is.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="DomainNumber">The number of the domain.</param>
/// <param name="Probe">The probe.</param>
/// <param name="Page">The page in the window.</param>
/// <param name="Size">The number of pages, or the right.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Operation(OperationKind Kind, int DomainNumber, int Probe, int Page, int Size)
{
    /// <summary>Returns the operation as C#, to be pasted into a test.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"new(OperationKind.{Kind}, {DomainNumber}, {Probe}, {Page}, {Size})");
}
