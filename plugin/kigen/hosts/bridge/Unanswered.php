<?php

namespace Kigen\Bridge;

/**
 * kigen did not answer, or not in time; the message is the code under which that is counted.
 */
final class Unanswered extends \RuntimeException
{
}
